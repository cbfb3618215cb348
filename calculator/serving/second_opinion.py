"""A second opinion on speed by `aiconfigurator-core` (extra `silicon`; Linux x86-64), from its measured kernels.

It is asked for the same replica with the same number of sequences, from a local config only, so that nothing is
fetched. What it has no data for is said in plain words. Never needed: without the package the answer says so.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from calculator.serving.placement import Placement
from calculator.serving.precision import Precision
from calculator.serving.silicon import INSTALL, PACKAGE, silicon_path

BACKEND = "vllm"
SYSTEMS = {
    "a100-sxm-80gb": "a100_sxm",
    "h100-sxm": "h100_sxm",
    "h200-sxm": "h200_sxm",
    "b200-sxm": "b200_sxm",
    "b300-sxm": "b300_sxm",
    "gb200": "gb200",
    "gb300": "gb300",
    "l40s": "l40s",
    "rtx-pro-6000": "rtx_pro_6000_server",
}
"""GPUs of which the package holds measured kernels, by its name."""
FORMATS = {"bf16": "bfloat16", "fp8": "fp8", "fp4": "nvfp4", "int8": "int8_wo", "int4": "int4_wo"}


@dataclass(frozen=True)
class SecondOpinion:
    """What the package says of a replica, or why it says nothing."""

    source: str
    output_tokens_per_second: float | None = None
    tpot_ms: float | None = None
    ttft_ms: float | None = None
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "tokens_per_second_per_replica": self.output_tokens_per_second,
            "tpot_ms": self.tpot_ms,
            "ttft_ms": self.ttft_ms,
            "reason": self.reason or None,
        }


@lru_cache(maxsize=512)
def second_opinion(
    config: str | None, gpu_id: str, placement: Placement, precision: Precision, isl: int, osl: int, sequences: int
) -> SecondOpinion:
    """The package's figures for one replica that runs `sequences` requests at once.

    `config`: path of a config.json; None where there is none at hand. Results are remembered.
    """
    path = silicon_path()
    if path is None:
        return SecondOpinion(PACKAGE, reason=f"{PACKAGE} is not installed; {INSTALL}")
    source = f"{PACKAGE} {_version()}"
    if config is None:
        return SecondOpinion(source, reason="it ships no config of this model; give its config.json as --weights")
    if gpu_id not in SYSTEMS:
        return SecondOpinion(source, reason=f"it has no measurements of {gpu_id}")
    if placement.nodes > 1:
        return SecondOpinion(source, reason="it is not asked for replicas over several nodes")
    try:
        with _quiet():
            result, version = _run(config, SYSTEMS[gpu_id], placement, precision, isl, osl, sequences)
    except Exception as error:  # the package raises many kinds of its own where a kernel was not measured
        return SecondOpinion(source, reason=f"it has no data for this layout ({type(error).__name__})")
    source = f"{source}, {BACKEND} {version}"
    if result is None:
        return SecondOpinion(source, reason="by its reckoning that many sequences do not fit")
    tpot, ttft = float(result["tpot"]), float(result["ttft"])
    speed = sequences * osl / (ttft + (osl - 1) * tpot) * 1e3
    return SecondOpinion(source, speed, tpot, ttft)


def shipped_config(hf_id: str) -> str | None:
    """Path of a model's config that the package ships; None where it has none or is not installed."""
    path = silicon_path()
    if path is None:
        return None
    config = path.parent.parent / "model_configs" / f"{hf_id.replace('/', '--')}_config.json"
    return str(config) if config.is_file() else None


def _version() -> str:
    from importlib.metadata import version

    return version(PACKAGE)


@lru_cache(maxsize=16)
def _database(system: str) -> tuple[Any, str]:
    """Measured kernels of a system, newest server version; reading takes a second or two."""
    perf = import_module("aiconfigurator_core.sdk.perf_database")
    version = str(perf.get_latest_database_version(system=system, backend=BACKEND))
    return perf.get_database_view(system, BACKEND, version), version


def _run(
    config: str, system: str, placement: Placement, precision: Precision, isl: int, osl: int, sequences: int
) -> tuple[dict[str, Any] | None, str]:
    sdk = import_module("aiconfigurator_core.sdk.config")
    common = import_module("aiconfigurator_core.sdk.common")
    models = import_module("aiconfigurator_core.sdk.models")
    backends = import_module("aiconfigurator_core.sdk.backends.factory")
    database, version = _database(system)
    dp = placement.attention_dp
    spread = dp > 1
    formats = _formats(precision, common)
    layout = sdk.ModelConfig(
        tp_size=placement.gpus // dp,
        moe_tp_size=1 if spread else placement.gpus,
        moe_ep_size=placement.gpus if spread else 1,
        attention_dp_size=dp,
        **formats,
    )
    with _folder(config) as folder:
        model = models.get_model(str(folder), layout, BACKEND)
    runtime = sdk.RuntimeConfig(isl=isl, osl=max(osl, 2), batch_size=max(round(sequences / dp), 1))
    summary = backends.get_backend(BACKEND).run_agg(model, database, runtime, ctx_tokens=isl)
    result = summary.get_result_dict()
    return (None if not result or summary.check_oom() else dict(result)), version


def _formats(precision: Precision, common: Any) -> dict[str, Any]:
    """Formats of matrix products and of experts by the package's names; 4-bit floats without units are experts only."""
    dense = experts = FORMATS[precision.weights]
    if precision.weights == "fp4" and precision.compute != "fp4":
        dense, experts = "bfloat16", "w4a16_mxfp4"
    found = {}
    if dense in common.GEMMQuantMode.__members__:
        found["gemm_quant_mode"] = common.GEMMQuantMode[dense]
    if experts in common.MoEQuantMode.__members__:
        found["moe_quant_mode"] = common.MoEQuantMode[experts]
    return found


@contextmanager
def _folder(config: str) -> Iterator[Path]:
    """A folder with the config under the name that the package looks for; with one it never asks the network."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(config) / "config.json" if Path(config).is_dir() else Path(config)
        shutil.copy(source, Path(name) / "config.json")
        for beside in (
            source.with_name("hf_quant_config.json"),
            Path(str(source).replace("_config.json", "_hf_quant_config.json")),
        ):
            if beside.is_file() and beside != source:
                shutil.copy(beside, Path(name) / "hf_quant_config.json")
                break
        yield Path(name)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the package's log lines."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)
