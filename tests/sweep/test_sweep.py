"""Sweeps: the grid, what a point becomes, taking up where one stopped, and bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from calculator.sweep import Axis, parse_axis, point_scenario, rows_of, sweep
from calculator.sweep.axes import grid

VOLUME = "workloads.chat.requests_per_month"
EXAMPLE = assumptions_folder() / "scenarios" / "support-assistant.yaml"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    data = scenario_data(load_scenario(EXAMPLE))
    data["options"] = [o for o in data["options"] if o["id"] in ("luna", "flash-lite", "owned-rtx")]
    return scenario_from(data)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1:3:3", (1, 2, 3)),
        ("a=1:10000:5", (1, 10, 100, 1000, 10000)),
        ("a=1:10000:2:linear", (1, 10000)),
        ("a=1:4:3:log", (1, 2, 4)),
        ("a=-1:1:3", (-1, 0, 1)),
        ("a=low,max", ("low", "max")),
        ("a=5:5:1", (5,)),
    ],
)
def test_values_of_an_axis(text: str, values: tuple[float, ...]) -> None:
    assert parse_axis(text) == Axis("a", values)


@pytest.mark.parametrize(
    "text", ["a", "a=", "=1:2:3", "a=1:2", "a=1:2:x", "a=1:2:0", "a=1:inf:3", "a=0:2:3:log", "a=1:2:3:odd"]
)
def test_what_is_no_axis(text: str) -> None:
    with pytest.raises(InputError, match="--vary"):
        parse_axis(text)


def test_too_many_points() -> None:
    axis = Axis("a", tuple(float(k) for k in range(1001)))
    with pytest.raises(InputError, match="1,002,001 points"):
        grid([axis, axis])


def test_a_range_keeps_its_spread(scenario: Scenario) -> None:
    volume = point_scenario(scenario, {VOLUME: 6e6}).workloads[0].requests_per_month
    assert (volume.low, volume.base, volume.high) == (4e6, 6e6, 1e7)


def test_paths_reach_options_assumptions_and_new_keys(scenario: Scenario) -> None:
    moved = point_scenario(
        scenario,
        {
            "options.luna.reasoning_effort": "max",
            "assumptions.staffing.self_host_operations_fte": 2.0,
            "options.1.contract.discount": 0.2,
            "workloads.0.input_tokens": 2310.0,
            "horizon_months": 24.0,
        },
    )
    assert moved.option("luna").reasoning_effort == "max"
    assert moved.assumptions["staffing.self_host_operations_fte"] == 2
    assert moved.options[1].contract.discount == 0.2
    assert moved.horizon_months == 24
    assert moved.workloads[0].input_tokens.p95 == pytest.approx(2 * 4083)


@pytest.mark.parametrize(
    ("path", "message"),
    [("workloads.chatt.requests_per_month", "chat"), ("title.x.y", "plain value"), ("options.luna.regoin", "unknown key")],
)
def test_wrong_paths_fail_before_anything_runs(scenario: Scenario, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sweep(scenario, [Axis(path, (1.0,))], draws=1, jobs=1)


def test_rows_are_those_of_single_evaluations_in_grid_order(scenario: Scenario) -> None:
    rows = sweep(scenario, [Axis(VOLUME, (1e6, 1e7)), Axis("horizon_months", (12.0, 24.0))], draws=64, jobs=1)
    assert [(r[VOLUME], r["horizon_months"]) for r in rows[::3]] == [(1e6, 12), (1e6, 24), (1e7, 12), (1e7, 24)]
    one = rows_of(evaluate(point_scenario(scenario, {VOLUME: 1e7, "horizon_months": 12.0}), load_assumptions(), 64))
    assert [{k: r[k] for k in one[0]} for r in rows[6:9]] == one


def test_a_point_that_cannot_be_evaluated_says_why(scenario: Scenario) -> None:
    rows = sweep(scenario, [Axis("horizon_months", (12.0, 500.0))], draws=1, jobs=1)
    assert rows[-1]["option"] is None
    assert rows[-1]["problem"].startswith("--vary horizon_months=500: horizon_months: ")


def test_goes_on_from_its_journal(scenario: Scenario, tmp_path: Path) -> None:
    journal, axes, seen = tmp_path / "j", [Axis(VOLUME, (1e6, 2e6, 3e6))], []
    whole = sweep(scenario, axes, draws=1, jobs=1, journal=journal)
    lines = journal.read_text().splitlines()
    assert len(lines) == 4
    first = json.loads(lines[1])
    first["rows"][0]["option"] = "kept"  # proof that it is not computed again
    journal.write_text("\n".join([lines[0], json.dumps(first), lines[2][:40]]))
    again = sweep(scenario, axes, draws=1, jobs=1, journal=journal, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert again[0]["option"] == "kept"
    assert again[1:] == whole[1:]
    with pytest.raises(InputError, match="another sweep"):
        sweep(scenario, axes, draws=2, jobs=1, journal=journal)


def test_from_the_command_line(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "calculator.cli", "sweep", str(EXAMPLE), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    out = tmp_path / "s.parquet"
    done = run("--vary", f"{VOLUME}=1e6,1e7", "--draws", "64", "--jobs", "2", "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert "2 points, 26 rows" in done.stdout
    table = pd.read_parquet(out)
    assert table.groupby(VOLUME).is_winner.sum().tolist() == [1, 1]
    assert [p.name for p in tmp_path.iterdir()] == ["s.parquet"]
    for wrong in (["--vary", "a", "-o", str(out)], ["--vary", f"{VOLUME}=1:2:2", "-o", str(tmp_path / "s.txt")]):
        failed = run(*wrong)
        assert failed.returncode == 2
        assert len(failed.stderr.strip().splitlines()) == 1
