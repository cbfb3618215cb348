"""The speed model against tables of measurements: figures, splits, layouts as they ran, bad tables."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.serving import Coefficients
from calculator.serving.measured import Measurement, Table, cases_of, layout_of, predict
from calculator.verify.curves import rate_between, rate_within
from calculator.verify.measurements import NEEDED, read_measurements
from calculator.verify.validation import date_of, validate

KNOWN = load_assumptions()
C = Coefficients.read(KNOWN.number)
ROW = {
    "source": "a table",
    "source_date": "2026-02-01",
    "model_id": "llama-3.1-70b",
    "gpu_id": "h100-sxm",
    "n_gpus": 4,
    "tp": 4,
    "precision": "fp8",
    "engine": "vllm 0.18.0",
    "isl": 1024,
    "osl": 1024,
    "load": "closed loop",
    "concurrency": 16,
    "tpot_ms": 15,
    "output_tokens_per_s": 1000,
}


def table(path: Path, *rows: dict[str, object]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    return path


def predicted(**changes: object) -> float:
    """What the model says of one row."""
    return float(predict(Table.of(cases_of([measurement(**changes)], KNOWN)[0], C), C).tokens_per_second[0])


def measurement(**changes: object) -> Measurement:
    base = Measurement(
        *("s", "2026", "llama-3.1-70b", "h100-sxm", 4, 4, None, None, None, "fp8", "vllm"),
        *(1024.0, 1024.0, "closed loop", 16.0, 15.0, 1000.0),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_a_perfect_table_has_no_error_and_a_doubled_one_of_half(tmp_path: Path) -> None:
    right = [{"concurrency": c, "output_tokens_per_s": predicted(concurrency=float(c))} for c in (1, 4, 16, 64)]
    figures = validate(table(tmp_path / "t.csv", *right))
    assert figures["rows"] == figures["modelled"] == figures["serving_rows"] == 4
    assert figures["median_ape"] == pytest.approx(0, abs=1e-9)
    assert figures["spearman"] == pytest.approx(1)
    assert figures["range_coverage"] == 1
    doubled = [{**r, "output_tokens_per_s": 2 * float(r["output_tokens_per_s"])} for r in right]  # type: ignore[arg-type]
    figures = validate(table(tmp_path / "d.csv", *doubled))
    assert figures["median_ape"] == pytest.approx(0.5)
    assert figures["by_model"]["llama-3.1-70b"]["median_ratio"] == pytest.approx(0.5)
    assert figures["range_coverage"] == 0
    assert figures["by_load"]["<=16"]["rows"] == 3


def test_own_points_take_out_a_constant_factor(tmp_path: Path) -> None:
    rows = [
        {"concurrency": c, "isl": i, "output_tokens_per_s": 1.7 * predicted(concurrency=float(c), isl=float(i))}
        for c in (1, 4, 16, 64)
        for i in (512, 2048)
    ]
    figures = validate(table(tmp_path / "t.csv", *rows))
    assert figures["median_ape"] > 0.4
    assert figures["median_ape_after_3"] == pytest.approx(0, abs=1e-9)


def test_rows_apart_do_not_count_in_the_headline(tmp_path: Path) -> None:
    rows = [{}, {"load": "static batch", "gpu_id": "a100-sxm-80gb"}, {"gpu_id": "mi300x"}, {"model_id": "nobody-7b"}]
    figures = validate(table(tmp_path / "t.csv", *rows))
    assert (figures["rows"], figures["modelled"], figures["serving_rows"]) == (4, 3, 1)
    assert figures["static_batch"]["rows"] == figures["other_platforms"]["rows"] == 1
    assert figures["not_modelled"] == {"model is not in assumptions/models.yaml": 1}


def test_results_without_prompt_lengths_stand_apart(tmp_path: Path) -> None:
    blank = {"model_id": "llama-2-70b", "isl": "", "tp": "", "n_gpus": 8, "concurrency": "", "load": "offline", "osl": 294}
    figures = validate(table(tmp_path / "t.csv", blank))
    assert figures["modelled"] == figures["assumed_prompts"]["rows"] == 1
    assert figures["serving_rows"] == 0


def test_ids_with_marks_of_format_are_known(tmp_path: Path) -> None:
    figures = validate(table(tmp_path / "t.csv", {"model_id": "nvidia/Llama-3.1-70B-Instruct-FP8"}))
    assert figures["modelled"] == 1


def test_a_table_without_a_row_that_can_be_modelled(tmp_path: Path) -> None:
    figures = validate(table(tmp_path / "t.csv", {"model_id": "x"}, {"gpu_id": "y"}, {"isl": ""}))
    assert figures["modelled"] == figures["serving_rows"] == 0
    assert figures["median_ape"] is None
    assert len(figures["not_modelled"]) == 3


@pytest.mark.parametrize(
    ("given", "gpus", "groups", "replicas"),
    [
        ({"n_gpus": 64, "tp": 64, "attention_dp": 1, "moe_tp": 8, "moe_ep": 8}, 8, 1, 1),  # counted twice
        ({"n_gpus": 64, "tp": 1, "attention_dp": 64, "moe_tp": 8, "moe_ep": 8}, 8, 8, 1),
        ({"n_gpus": 8, "tp": 8, "attention_dp": 1, "moe_tp": 1, "moe_ep": 8}, 8, 1, 1),
        ({"n_gpus": 8, "tp": 8, "attention_dp": 1, "moe_tp": 8, "moe_ep": 1}, 8, 1, 1),
        ({"n_gpus": 1, "tp": 1, "attention_dp": None, "moe_tp": 2, "moe_ep": 1}, 2, 2, 1),
        ({"n_gpus": 4, "tp": 1, "attention_dp": None, "moe_tp": None, "moe_ep": None}, 4, 4, 1),
    ],
)
def test_layouts_of_sparse_models(given: dict[str, int], gpus: int, groups: int, replicas: int) -> None:
    layout = layout_of(measurement(**given), sparse=True)
    assert (layout.gpus, layout.attention_dp, layout.replicas) == (gpus, groups, replicas)
    assert layout.reread == (given["n_gpus"] == 64)


def test_gpus_beyond_tensor_parallelism_are_replicas_of_a_dense_model() -> None:
    layout = layout_of(measurement(n_gpus=8, tp=2), sparse=False)
    assert (layout.gpus, layout.replicas) == (2, 4)
    assert predicted(n_gpus=8, tp=2, concurrency=64.0) == pytest.approx(4 * predicted(n_gpus=2, tp=2, concurrency=16.0))


def test_maximum_throughput_is_at_least_that_of_any_concurrency() -> None:
    most = predicted(concurrency=None, load="max throughput")
    assert most >= max(predicted(concurrency=float(c)) for c in (1, 64, 256)) * 0.99


def test_rate_within_a_limit() -> None:
    rate, tpot = np.array([100.0, 180, 300]), np.array([10.0, 20, 40])
    assert rate_within(rate, tpot, 20) == pytest.approx(180)
    assert rate_within(rate, tpot, 30) == pytest.approx(180)
    assert rate_between(rate, tpot, 30) == pytest.approx(240)
    assert rate_within(rate, tpot, 99) == pytest.approx(300)
    assert rate_within(rate, tpot, 5) == pytest.approx(50)


def test_dates() -> None:
    assert [date_of(t) for t in ("2026-01-15", "~2025-02 (TensorRT)", "2025 (runs)", "unknown")] == [
        *("2026-01-15", "2025-02-01", "2025-12-01", "")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "column model_id is missing"),
        ("a,b\n1,2\n", "column model_id is missing"),
        (",".join(NEEDED) + "\n", "no rows"),
        (",".join(NEEDED) + "\nm,g,1,two,3,4\n", "line 2, isl: 'two' is not a number"),
        (",".join(NEEDED) + "\nm,g,1,2,3,-4\n", "output_tokens_per_s: -4 must lie"),
        (",".join(NEEDED) + "\nm,g,,2,3,4\n", "n_gpus: must be a number above 0"),
        (",".join(NEEDED) + "\nm,g,1,inf,3,4\n", "isl: inf must lie"),
        (",".join(NEEDED) + '\nm,g,1,2,3,"4\n', "is not a CSV table"),
        (",".join(NEEDED) + "\nm,g,1,2,3\n", "output_tokens_per_s: must be a number above 0"),
    ],
)
def test_bad_tables_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_measurements(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff\xfe\x00model")
    with pytest.raises(InputError, match="UTF-8"):
        read_measurements(path)


def test_text_of_a_table_is_data(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", {"source": "[red]x[/red] {0} %s"}, {"model_id": "[bold]", "engine": "../../etc"})
    done = run("verify", str(path))
    assert done.returncode == 0
    assert "[red]x[/red] {0} %s" in done.stdout


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "calculator.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})


def test_the_command_line(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", *({"concurrency": c, "output_tokens_per_s": 60 * c} for c in (4, 8, 16)))
    done = run("verify", str(path), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["serving_rows"] == 3
    assert "median error" in run("verify", str(path)).stdout
    for arguments in (
        ("verify", str(path), str(path)),
        ("verify", "--leave-out", "model"),
        ("verify", str(tmp_path / "no.csv")),
    ):
        refused = run(*arguments)
        assert refused.returncode == 2
        assert refused.stderr.startswith("error: ") and refused.stderr.count("\n") == 1
