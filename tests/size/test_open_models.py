"""Open models for a workload: lineage, inherited licences, GPUs, offers."""

import pytest

from calculator.assumptions import load_assumptions
from calculator.scenario import load_scenario
from calculator.size.open_models import lineage, open_models
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
