"""Models and GPUs by hand, so that these tests do not move with the assumption files."""

from calculator.serving import Architecture, Coefficients, Gpu
from calculator.serving.attention import AttentionLayers

COEFFICIENTS = Coefficients(
    mfu_prefill=0.51,
    mfu_decode=0.6,
    mbu_weights=0.92,
    mbu_kv=0.66,
    layer_overhead_us=57,
    step_overhead_us=1000,
    sequence_overhead_us=10,
    prefill_overhead_us=500,
    allreduce_latency_us=8,
    link_efficiency=0.6,
    overlap_share=0.3,
    memory_utilization=0.92,
    reserve_gib=3,
    max_sequences=1024,
    sparse_moe_high_concurrency_ratio=0.65,
    sparse_moe_active_share=0.07,
    sparse_moe_first_batch=16,
    sparse_moe_full_batch=128,
)
H100 = Gpu("H100", 80, 3350, 989, 450, 8, fp8_dense_tflops=1978)
A100 = Gpu("A100", 80, 2039, 312, 300, 8, int8_dense_tflops=624)
B200 = Gpu("B200", 180, 7700, 2250, 900, 8, fp8_dense_tflops=4500, fp4_dense_tflops=9000)


def gqa(name: str, billion: float, layers: int, hidden: int, heads: int, kv: int, dim: int, **more: object) -> Architecture:
    """A model whose layers all have grouped-query attention."""
    return Architecture(
        name=name,
        total_parameters=billion * 1e9,
        active_parameters=billion * 1e9,
        layers=layers,
        hidden_size=hidden,
        attention_heads=heads,
        attention=(AttentionLayers(layers, kv, 2 * kv * dim, dim),),
        **more,  # type: ignore[arg-type]
    )


LLAMA_8B = gqa("llama-3.1-8b", 8.03, 32, 4096, 32, 8, 128)
LLAMA_70B = gqa("llama-3.1-70b", 70.55, 80, 8192, 64, 8, 128)
LLAMA_405B = gqa("llama-3.1-405b", 405.85, 126, 16384, 128, 8, 128)
QWEN_72B = gqa("qwen2.5-72b", 72.7, 80, 8192, 64, 8, 128)
DEEPSEEK_V3 = Architecture(
    name="deepseek-v3",
    total_parameters=671e9,
    active_parameters=37.6e9,
    layers=61,
    hidden_size=7168,
    attention_heads=128,
    attention=(AttentionLayers(61, 1, 512 + 64, 160),),
    experts=256,
    experts_per_token=8,
    checkpoint_precision="fp8",
)
GPT_OSS_120B = Architecture(
    name="gpt-oss-120b",
    total_parameters=117e9,
    active_parameters=5.1e9,
    layers=36,
    hidden_size=2880,
    attention_heads=64,
    attention=(AttentionLayers(18, 8, 2 * 8 * 64, 64), AttentionLayers(18, 8, 2 * 8 * 64, 64, window=128)),
    experts=128,
    experts_per_token=4,
    checkpoint_precision="mxfp4",
    published_weights_gib={"fp4": 65.97},  # "Model loading took 65.9651 GiB", vLLM issue 23278
)
