"""How many GPUs one model needs for a load within a latency target."""

from calculator.size.answer import Answer, Question, Sized, second_opinion_of, size
from calculator.size.result import as_dict

__all__ = ["Answer", "Question", "Sized", "as_dict", "second_opinion_of", "size"]
