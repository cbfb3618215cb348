"""Should an enterprise serve its LLM workloads by API, hosted open weights, rented or owned GPUs, or a mix?"""

__version__ = "0.1.0"
