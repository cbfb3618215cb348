"""Models and GPUs by hand, so that these tests do not move with the assumption files."""

from calculator.serving import Architecture, Coefficients, Gpu
from calculator.serving.attention import AttentionLayers

COEFFICIENTS = Coefficients(
    mfu_prefill=0.55,
    mfu_decode=0.58,
    mfu_attention=0.5,
    mfu_latent_attention=0.5,
    fp4_peak_share=0.74,
    mbu_weights=0.79,
    mbu_experts=0.87,
    mbu_kv=0.76,
    int4_efficiency=0.74,
    fp4_emulation_efficiency=1.0,
    layer_overhead_us=34,
    moe_layer_overhead_us=26,
    latent_layer_overhead_us=13.5,
    linear_layer_overhead_us=21,
    step_overhead_us=757,
    sequence_overhead_us=4.2,
    prefill_overhead_us=2000,
    engine_overhead_sglang=1.1,
    engine_overhead_tensorrt_llm=0.92,
    allreduce_latency_us=7,
    link_efficiency=0.4,
    activation_passes=10,
    expert_activation_passes=4,
    expert_imbalance=0.07,
    expert_tile_tokens=34,
    expert_half_rate_tokens=66,
    prefill_chunk_tokens=8192,
    overlap_share=0.24,
    memory_utilization=0.92,
    reserve_gib=3,
    max_sequences=1024,
    max_sequences_offline=2048,
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
