"""Shapes of published models in the form of a config.json, typed from their model cards and technical reports."""

from typing import Any

_DEEPSEEK: dict[str, Any] = {
    "hidden_size": 7168,
    "intermediate_size": 18432,
    "moe_intermediate_size": 2048,
    "num_hidden_layers": 61,
    "num_attention_heads": 128,
    "num_key_value_heads": 128,
    "q_lora_rank": 1536,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "num_experts_per_tok": 8,
    "first_k_dense_replace": 3,
    "vocab_size": 129280,
    "max_position_embeddings": 163840,
}


def _llama(hidden: int, layers: int, heads: int, kv: int, ffn: int, vocabulary: int, **more: Any) -> dict[str, Any]:
    return {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv,
        "intermediate_size": ffn,
        "vocab_size": vocabulary,
        "max_position_embeddings": 131072,
        **more,
    }


def _qwen_moe(hidden: int, layers: int, heads: int, kv: int, width: int, experts: int) -> dict[str, Any]:
    return _llama(
        hidden, layers, heads, kv, 4 * hidden, 151936,
        head_dim=128, moe_intermediate_size=width, num_experts=experts, num_experts_per_tok=8,
    )  # fmt: skip


LLAMA_405B = _llama(16384, 126, 128, 8, 53248, 128256)
DEEPSEEK_V3 = _DEEPSEEK
GPT_OSS_120B = _llama(
    2880, 36, 64, 8, 2880, 201088,
    head_dim=64, num_local_experts=128, num_experts_per_tok=4, sliding_window=128,
    layer_types=["sliding_attention", "full_attention"] * 18,
    quantization_config={
        "quant_method": "mxfp4",
        "modules_to_not_convert": [
            "model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"
        ],
    },
)  # fmt: skip
DEEPSEEK_V4_FLASH: dict[str, Any] = {
    "model_type": "deepseek_v4",
    "hidden_size": 4096,
    "head_dim": 512,
    "num_hidden_layers": 43,
    "num_attention_heads": 64,
    "num_key_value_heads": 1,
    "q_lora_rank": 1024,
    "o_lora_rank": 1024,
    "o_groups": 8,
    "qk_rope_head_dim": 64,
    "index_head_dim": 128,
    "index_n_heads": 64,
    "index_topk": 512,
    "moe_intermediate_size": 2048,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "num_experts_per_tok": 6,
    "sliding_window": 128,
    "compress_ratios": [0, 0, *[4, 128] * 20, 4, 0],
    "vocab_size": 129280,
    "max_position_embeddings": 1048576,
    "expert_dtype": "fp4",
    "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]},
}
QWEN35_27B = _llama(
    5120, 64, 24, 4, 17408, 248320,
    head_dim=256, attn_output_gate=True,
    layer_types=[*["linear_attention"] * 3, "full_attention"] * 16,
    linear_num_key_heads=16, linear_num_value_heads=48, linear_key_head_dim=128, linear_value_head_dim=128,
    linear_conv_kernel_dim=4,
)  # fmt: skip
NEMOTRON_NANO: dict[str, Any] = {
    "hidden_size": 2688,
    "num_hidden_layers": 52,
    "num_attention_heads": 32,
    "num_key_value_heads": 2,
    "head_dim": 128,
    "vocab_size": 131072,
    "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
    "mamba_num_heads": 64,
    "mamba_head_dim": 64,
    "ssm_state_size": 128,
    "n_groups": 8,
    "conv_kernel": 4,
    "mlp_hidden_act": "relu2",
    "n_routed_experts": 128,
    "n_shared_experts": 1,
    "num_experts_per_tok": 6,
    "moe_intermediate_size": 1856,
    "moe_shared_expert_intermediate_size": 3712,
    "time_step_limit": [0.0, float("inf")],
}
PUBLISHED: dict[str, tuple[dict[str, Any], float, float | None, str]] = {
    "Llama 3.1 8B": (_llama(4096, 32, 32, 8, 14336, 128256), 8.03, None, "model card, 8,030,261,248"),
    "Llama 3.1 70B": (_llama(8192, 80, 64, 8, 28672, 128256), 70.55, None, "model card"),
    "Llama 3.1 405B": (LLAMA_405B, 405.85, None, "model card"),
    "Llama 2 7B": (_llama(4096, 32, 32, 32, 11008, 32000), 6.74, None, "arXiv:2307.09288"),
    "Llama 2 70B": (_llama(8192, 80, 64, 8, 28672, 32000), 68.98, None, "arXiv:2307.09288"),
    "Mistral 7B": (_llama(4096, 32, 32, 8, 14336, 32000), 7.24, None, "arXiv:2310.06825"),
    "Qwen2.5 72B": (_llama(8192, 80, 64, 8, 29568, 152064), 72.7, None, "model card"),
    "Qwen3 32B": (_llama(5120, 64, 64, 8, 25600, 151936, head_dim=128), 32.8, None, "model card"),
    "Qwen3 0.6B": (
        _llama(1024, 28, 16, 8, 3072, 151936, head_dim=128, tie_word_embeddings=True), 0.6, None, "model card",
    ),
    "Mixtral 8x7B": (
        _llama(4096, 32, 32, 8, 14336, 32000, num_local_experts=8, num_experts_per_tok=2), 46.7, 12.9, "arXiv:2401.04088",
    ),
    "Qwen3 235B-A22B": (_qwen_moe(4096, 94, 64, 4, 1536, 128), 235.0, 22.0, "arXiv:2505.09388"),
    "Qwen3 30B-A3B": (_qwen_moe(2048, 48, 32, 4, 768, 128), 30.5, 3.0, "model card; 3.3 with the token embedding"),
    "DeepSeek V3": (_DEEPSEEK, 671.0, 37.0, "arXiv:2412.19437"),
    "Kimi K2": (
        {**_DEEPSEEK, "num_attention_heads": 64, "n_routed_experts": 384, "first_k_dense_replace": 1, "vocab_size": 163840},
        1026.4, 32.0, "arXiv:2507.20534",
    ),
    "gpt-oss 120B": (GPT_OSS_120B, 116.83, 5.13, "arXiv:2508.10925, table 1"),
    "gpt-oss 20B": (
        {**GPT_OSS_120B, "num_hidden_layers": 24, "num_local_experts": 32, "layer_types": GPT_OSS_120B["layer_types"][:24]},
        20.91, 3.61, "arXiv:2508.10925, table 1",
    ),
    "DeepSeek V4 Flash": (DEEPSEEK_V4_FLASH, 284.0, 13.0, "model card"),
    "Qwen3.5 27B": (QWEN35_27B, 27.0, None, "model card"),
    "Nemotron 3 Nano": (NEMOTRON_NANO, 31.6, 3.2, "model card; without the token embedding"),
}  # fmt: skip
