"""Open models for a workload: lineage, inherited licences, GPUs, offers."""

import json
import subprocess
import sys

import jsonschema
import pytest

from calculator.assumptions import load_assumptions
from calculator.scenario import load_scenario
from calculator.schemas import open_models_schema
from calculator.size.open_models import kept_open_models, lineage, made_from, models_table, open_models
from tests.test_cli import DEFAULT


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    return open_models(load_scenario(DEFAULT), "h100-sxm")


def test_every_model_has_a_row_and_says_why_it_has_no_gpus(rows: list[dict[str, object]]) -> None:
    assert [r["id"] for r in rows] == list(load_assumptions().rows("models"))
    assert all((r["gpus"] is None) == bool(r["why"]) for r in rows)


def test_derivatives_keep_shape_and_licence_of_their_base(rows: list[dict[str, object]]) -> None:
    by_id = {r["id"]: r for r in rows}
    derived = [r for r in rows if r["base_model"] in by_id]
    assert len(derived) >= 18
    assert {r["derivation"] for r in derived} == {"fine-tune", "quantized", "distillation", "merge"}
    assert all(bool(r["merged_with"]) == (r["derivation"] == "merge") for r in rows)
    for row in derived:
        above = by_id[row["base_model"]]
        parameters = ("total_parameters_billion", "active_parameters_billion")
        for same in (*parameters, "kv_bytes_per_token", "context_tokens", "licence"):
            assert row[same] == above[same], (row["id"], same)


def test_a_derivative_of_a_derivative_names_both(rows: list[dict[str, object]]) -> None:
    name = "hermes-3-llama-3.1-405b-fp8"
    assert lineage(rows, name) == [name, "hermes-3-llama-3.1-405b", "llama-3.1-405b"]


def test_every_developer_is_known() -> None:
    names = {row.text("name") for row in load_assumptions().rows("developers").values()}
    assert {row.text("developer") for row in load_assumptions().rows("models").values()} <= names


def test_a_quantized_version_needs_no_more_gpus(rows: list[dict[str, object]]) -> None:
    by_id = {r["id"]: r for r in rows}
    assert 0 < by_id["llama-3.3-70b-instruct-w8a8"]["gpus"] <= by_id["llama-3.3-70b"]["gpus"]  # type: ignore[operator]


def test_lineage_ends_and_never_loops() -> None:
    rows = [{"id": "a", "base_model": "b"}, {"id": "b", "base_model": "c"}, {"id": "c", "base_model": "a"}]
    assert lineage(rows, "a") == ["a", "b", "c"]
    assert lineage([{"id": "x", "base_model": "gone"}], "x") == ["x", "gone"]


def test_a_score_is_never_inherited(rows: list[dict[str, object]]) -> None:
    by_id = {r["id"]: r for r in rows}
    assert by_id["llama-3.3-70b"]["arena_text"] is not None
    assert by_id["llama-3.3-70b-instruct-w8a8"]["arena_text"] is None


def test_the_earliest_known_release_counts(rows: list[dict[str, object]]) -> None:
    by_id = {r["id"]: r for r in rows}
    assert by_id["deepseek-v3"]["released"] == "2024-12-26"
    assert by_id["llama-3.3-70b"]["released"] == "2024-12-06"


def test_the_shortlist_has_the_scenarios_models_and_what_was_made_from_them() -> None:
    found = models_table(load_scenario(DEFAULT))
    ids = [m["id"] for m in found["models"]]
    assert ids[:3] == ["deepseek-v4-flash", "gemma-4-31b", "qwen3.8-27b"] and "gemma-4-31b-nvfp4" in ids
    assert len(ids) == len(set(ids)) <= 16
    assert found["gpu"] == "h100-sxm" and found["workload"] == "chat"
    by_id = {m["id"]: m for m in found["models"]}
    assert made_from(by_id["gemma-4-31b-nvfp4"]) == "gemma-4-31b" and made_from(by_id["gemma-4-31b"]) == ""


def test_a_merge_names_all_that_went_in(rows: list[dict[str, object]]) -> None:
    by_id = {r["id"]: r for r in rows}
    assert made_from(by_id["deepseek-r1t-chimera"]) == "deepseek-r1 + deepseek-v3"


def test_the_command_prints_what_its_schema_says() -> None:
    command = [sys.executable, "-m", "calculator.cli", "models", str(DEFAULT)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120, check=True)
    jsonschema.validate(json.loads(done.stdout), open_models_schema())
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "gemma-4-31b-nvfp4" in done.stdout and "quantized" in done.stdout
    done = subprocess.run([*command, "--on", "h100"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "h100-sxm" in done.stderr


def test_the_table_is_kept_while_the_workload_stands() -> None:
    first = load_scenario(DEFAULT)
    kept = kept_open_models(first, "h200-sxm", ("gemma-4-31b",))
    dearer = first.model_copy(update={"discount_rate": 0.2})
    assert kept_open_models(dearer, "h200-sxm", ("gemma-4-31b",)) is kept
    work = first.workloads[0].model_copy(update={"requests_per_month": 6e7})
    busier = first.model_copy(update={"workloads": (work,)})
    (more,), (less,) = kept_open_models(busier, "h200-sxm", ("gemma-4-31b",)), kept
    assert more["gpus"] > less["gpus"]
