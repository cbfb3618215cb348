"""Ours against aiconfigurator 0.12 on the same rows in one run: `python tests/benchmarks/second_opinion.py [TABLE.csv]`.

Needs the extra `silicon`. Rows are those of the sample that the package ships, or of a table as `llm-adoption
verify` takes it; ours are predicted by coefficients fitted without the row's model. Only rows that both answer
count. aiconfigurator runs its newest kernel data, with the number formats that the checkpoints have.
"""

from __future__ import annotations

import logging
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from calculator.assumptions import load_assumptions
from calculator.serving.coefficients import Coefficients
from calculator.serving.measured import STATIC_BATCH, Case, Predicted, Table, cases_of
from calculator.serving.silicon import silicon_measurements
from calculator.verify import validation
from calculator.verify.curves import slo_errors
from calculator.verify.measurements import read_measurements

BACKENDS = {"tensorrt_llm": "trtllm", "sglang": "sglang", "vllm": "vllm"}
PATHS = {
    "llama-3.1-70b": "meta-llama/Meta-Llama-3.1-70B",
    "llama-3.1-8b": "meta-llama/Meta-Llama-3.1-8B",
    "llama-3.1-405b": "meta-llama/Meta-Llama-3.1-405B",
    "deepseek-v3.1": "deepseek-ai/DeepSeek-V3",
    "glm-5": "zai-org/GLM-5",
    "minimax-m2.5": "MiniMaxAI/MiniMax-M2.5",
    "mixtral-8x7b": "mistralai/Mixtral-8x7B-v0.1",
    "mixtral-8x22b": "mistralai/Mixtral-8x22B-v0.1",
}
"""Where the package names a model otherwise than its repository."""
SYSTEMS = {"a100-sxm-80gb": "a100_sxm", "rtx-pro-6000": "rtx_pro_6000_server"}
BLOCK_SCALED_FP8 = ("deepseek", "qwen3", "glm", "minimax", "kimi")
"""Families whose FP8 checkpoints scale by blocks."""


@cache
def database(system: str, backend: str) -> Any:
    from aiconfigurator_core.sdk.perf_database import get_database_view, get_latest_database_version

    return get_database_view(system, backend, get_latest_database_version(system=system, backend=backend))


def formats(case: Case) -> tuple[Any, Any]:
    """Formats of matrix products and of experts, as the package names them."""
    from aiconfigurator_core.sdk.common import GEMMQuantMode, MoEQuantMode

    weights, name = case.precision.weights, case.measurement.model
    if name.startswith("gpt-oss"):
        blackwell = case.gpu.fp4_dense_tflops is not None
        return GEMMQuantMode.bfloat16, MoEQuantMode["w4a8_mxfp4_mxfp8" if blackwell else "w4a16_mxfp4"]
    if weights == "fp8":
        kind = "fp8_block" if name.startswith(BLOCK_SCALED_FP8) and case.architecture.is_sparse else "fp8"
        return GEMMQuantMode[kind], MoEQuantMode[kind]
    if weights == "int4":
        return GEMMQuantMode.bfloat16, MoEQuantMode.int4_wo
    kind = {"bf16": "bfloat16", "fp4": "nvfp4"}[weights]
    return GEMMQuantMode[kind], MoEQuantMode[kind]


def theirs(case: Case, batch: float) -> tuple[float, float] | None:
    """Output tokens a second and TPOT, ms, by aiconfigurator; None where it has no answer."""
    from aiconfigurator_core.sdk import config
    from aiconfigurator_core.sdk.backends.factory import get_backend
    from aiconfigurator_core.sdk.models import get_model

    m, layout = case.measurement, case.layout
    backend = BACKENDS[m.engine_family]
    gemm, moe = formats(case)
    dp = layout.attention_dp
    row = load_assumptions().rows("models")[m.model]
    try:
        model_config = config.ModelConfig(
            tp_size=layout.gpus // dp,
            gemm_quant_mode=gemm,
            moe_quant_mode=moe,
            moe_tp_size=1 if layout.expert_parallel else layout.gpus,
            moe_ep_size=layout.gpus if layout.expert_parallel else 1,
            attention_dp_size=dp,
        )
        model = get_model(PATHS.get(m.model, row.text("hf_id", "")), model_config, backend)
        each = max(round(batch / dp), 1)
        runtime = config.RuntimeConfig(isl=int(m.isl or 1), osl=max(int(m.osl or 2), 2), batch_size=each)
        system = SYSTEMS.get(m.gpu, m.gpu.replace("-", "_"))
        summary = get_backend(backend).run_agg(model, database(system, backend), runtime, ctx_tokens=int(m.isl or 1))
        result = summary.get_result_dict()
        if not result or summary.check_oom():
            return None
        rate = batch * runtime.osl / (float(result["ttft"]) + (runtime.osl - 1) * float(result["tpot"])) * 1e3
        return (rate * layout.replicas, float(result["tpot"])) if np.isfinite(rate) and rate > 0 else None
    except Exception:  # the package raises many kinds where it has no data
        return None


def line(name: str, table: Table, predicted: Predicted) -> str:
    """Errors of one predictor over a table."""
    ours, measured = predicted.tokens_per_second, table.measured
    ape = np.abs(ours / measured - 1)
    sparse = np.array([c.architecture.is_sparse for c in table.cases])

    def part(rows: Any) -> str:
        return f"{100 * np.median(ape[rows]):5.1f}" if rows.any() else "    –"

    load = table.inputs.concurrency
    limits = " ".join(f"{100 * (v['median_ape'] or np.nan):5.1f}" for v in slo_errors(table, predicted).values())
    after = validation._after_own_points(table, ours)
    rho = validation._spearman(ours, measured)
    return (
        f"{name:15} {part(ape >= 0)} {part(~sparse)} {part(sparse)}   {part(load <= 16)} "
        f"{part((load > 16) & (load <= 128))} {part(load > 128)}   {100 * np.quantile(ape, 0.9):5.1f} {rho:.3f} "
        f"{100 * (after or np.nan):5.1f}   {limits}"
    )


def main() -> None:
    logging.disable(logging.CRITICAL)
    known = load_assumptions()
    c = Coefficients.read(known.number)
    rows = read_measurements(Path(sys.argv[1])) if len(sys.argv) > 1 else silicon_measurements(known)
    cases = [k for k in cases_of(rows, known)[0] if k.vendor == "nvidia" and k.measurement.load != STATIC_BATCH]
    table = Table.of(cases, c)
    table, ours, _ = validation._left_out(table, "model", c, known)
    start = time.perf_counter()
    answers = [theirs(case, float(b)) for case, b in zip(table.cases, ours.batch, strict=True)]
    seconds = time.perf_counter() - start
    answered = np.array([a is not None for a in answers])
    both = table.select(answered)
    rates = np.array([a for a in answers if a is not None])
    print(f"{len(rows):,} rows, {len(table):,} modelled by us, {answered.sum():,} also by aiconfigurator ({seconds:.0f} s)")
    print("median error, %   all dense   MoE    <=16 17-128  >128     p90   rho  own 3   TPOT 20, 30, 50 ms")
    print(line("ours", both, Predicted(ours.tokens_per_second[answered], ours.tpot_ms[answered], ours.batch[answered])))
    print(line("aiconfigurator", both, Predicted(rates[:, 0], rates[:, 1], ours.batch[answered])))
    measured, ape = both.measured, {}
    for name, values in (("ours", ours.tokens_per_second[answered]), ("theirs", rates[:, 0])):
        ape[name] = np.abs(values / measured - 1)
    print("by model and GPU where one is ahead by more than 3 points (rows, ours, theirs, %):")
    keys = np.array([f"{k.measurement.model} {k.measurement.gpu}" for k in both.cases])
    for key in np.unique(keys):
        here = keys == key
        a, b = (100 * float(np.median(v[here])) for v in ape.values())
        if abs(a - b) > 3:
            print(f"  {key:36} {here.sum():5d} {a:6.1f} {b:6.1f}")


if __name__ == "__main__":
    main()
