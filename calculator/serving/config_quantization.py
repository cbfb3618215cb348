"""In which number format a checkpoint keeps which part, from its config's `quantization_config`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from calculator.errors import InputError, clip
from calculator.serving.config_fields import Fields

IGNORED = ("modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules")
MOST_PATTERNS = 20_000
NAMES = {
    "attention": ("self_attn.q_proj", "attn.q_proj", "mixer.q_proj", "linear_attn.in_proj_qkv"),
    "experts": ("mlp.experts.0.down_proj", "ffn.experts.0.w2", "block_sparse_moe.experts.0.w2", "mixer.experts.0.down_proj"),
    "rest": ("mlp.down_proj", "mlp.shared_experts.down_proj", "ffn.shared_experts.w2", "mixer.down_proj"),
}
"""Modules that speak for a part, as checkpoints name them."""
FORMATS = {"fp8": ("fp8", 8.0), "fp4": ("fp4", 4.5), "int8": ("int8", 8.0), "int4": ("int4", 4.125), "mxfp4": ("fp4", 4.25)}
METHODS = {
    "fp8": "fp8",
    "fbgemm_fp8": "fp8",
    "mxfp4": "mxfp4",
    "nvfp4": "fp4",
    "awq": "int4",
    "gptq": "int4",
}


def quantization_of(config: Mapping[str, Any], fields: Fields, layers: int, where: str) -> tuple[str, dict[str, float]]:
    """Format of the released weights, and bits a weight by part: embeddings, attention, experts, rest.

    Parts that the config excludes stay in 16 bit, by the share of layers in which they are. InputError for a
    method that is not known.
    """
    given = config.get("quantization_config") or fields.value("quantization_config")
    if given is None:
        return "bf16", {}
    if not isinstance(given, Mapping):
        raise InputError(f"{where}: quantization_config: must be an object, got {clip(given, 30)!r}")
    name, bits_a_weight = _format(given, where)
    excluded = _excluded(given, where)
    parts = {"embeddings": 16.0}
    for part, modules in NAMES.items():
        kept = max(_share_kept(excluded, module, layers) for module in modules)
        parts[part] = bits_a_weight * (1 - kept) + 16.0 * kept
    if fields.value("expert_dtype") == "fp4" or given.get("moe_quant_algo") == "NVFP4":
        parts["experts"] = FORMATS["mxfp4" if fields.value("expert_dtype") == "fp4" else "fp4"][1]
    return name, parts


def _format(given: Mapping[str, Any], where: str) -> tuple[str, float]:
    method = str(given.get("quant_method") or "").lower()
    algorithm = str(given.get("quant_algo") or given.get("moe_quant_algo") or "").lower()
    groups = given.get("config_groups")
    if isinstance(groups, Mapping) and groups:
        first = next(iter(groups.values()))
        weights = first.get("weights") if isinstance(first, Mapping) else None
        if isinstance(weights, Mapping):
            return _from_weights(weights, where)
    mixed = given.get("quantized_layers")
    if algorithm == "mixed_precision" and isinstance(mixed, Mapping) and mixed:
        named = [str(layer.get("quant_algo", "")).lower() for layer in mixed.values() if isinstance(layer, Mapping)]
        algorithm = max(sorted(set(named)), key=named.count, default="")
    if "fp4" in algorithm:
        return FORMATS["fp4"]
    if algorithm.startswith("fp8"):
        return FORMATS["fp8"]
    if method in METHODS:
        if METHODS[method] == "int4":
            return _from_weights({"num_bits": given.get("bits", 4), "group_size": given.get("group_size", 128)}, where)
        return FORMATS[METHODS[method]]
    if method == "bitsandbytes":
        return FORMATS["int4" if given.get("load_in_4bit") else "int8"]
    raise InputError(
        f"{where}: quantization_config: method {clip(method or algorithm or 'none', 30)!r} is not known; "
        f"known are {', '.join(sorted(METHODS))}, compressed-tensors, modelopt, bitsandbytes"
    )


def _from_weights(weights: Mapping[str, Any], where: str) -> tuple[str, float]:
    number, kind = weights.get("num_bits"), str(weights.get("type") or "int")
    if number not in (4, 8):
        raise InputError(f"{where}: quantization_config: {clip(number, 20)} bits are not modelled; 4 or 8 are")
    group = weights.get("group_size")
    scale = 16.0 / group if number == 4 and isinstance(group, int) and group > 0 else 0.0
    if kind == "float":
        return ("fp8", 8.0) if number == 8 else ("fp4", 4 + scale / 2)
    return ("int8", 8.0) if number == 8 else ("int4", 4 + scale)


def _excluded(given: Mapping[str, Any], where: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Plain names and patterns of what stays as it is; a regular expression is read for the parts it names."""
    plain, globs = set(), []
    listed: list[Any] = [p for key in IGNORED for p in (given.get(key) or [])]
    if len(listed) > MOST_PATTERNS:
        raise InputError(f"{where}: quantization_config: lists {len(listed):,} modules, more than any model has")
    for item in listed:
        text = str(item)
        if text.startswith("re:"):
            globs += _globs_of_expression(text)
        elif any(c in text for c in "*?["):
            globs.append(_below_layers(text))
        else:
            plain.add(_below_layers(text))
    return frozenset(plain), tuple(dict.fromkeys(globs))


def _globs_of_expression(text: str) -> list[str]:
    """Expressions are never run; of those in use it is enough which part they name."""
    words = {
        "self_attn": "*self_attn*",
        "shared_experts": "*shared_experts*",
        "lm_head": "*lm_head*",
        "linear_attn": "*linear_attn*",
    }
    found = [glob for word, glob in words.items() if word in text]
    if "mlp" in text and "experts" not in text and "proj" in text:
        found.append("*mlp.down_proj*")
    return found


def _below_layers(name: str) -> str:
    """`model.language_model.layers.3.mlp` as `layers.3.mlp`."""
    at = name.find("layers.")
    return name[at:] if at >= 0 else name


def _share_kept(excluded: tuple[frozenset[str], tuple[str, ...]], module: str, layers: int) -> float:
    """Share of the layers in which a module stays as it is."""
    plain, globs = excluded
    if not plain and not globs:
        return 0.0
    kept = sum(_is_kept(f"layers.{i}.{module}", plain, globs) for i in range(layers))
    return kept / layers


def _is_kept(name: str, plain: frozenset[str], globs: Iterable[str]) -> bool:
    steps = name.split(".")
    prefixes = [".".join(steps[:n]) for n in range(2, len(steps) + 1)]
    if any(p in plain for p in prefixes) or steps[-2] in plain:
        return True
    return any(fnmatchcase(n, g) for n in prefixes for g in globs)
