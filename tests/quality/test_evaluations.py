"""Own evaluations as a gate: from the scenario, from a file, and what a bad file gets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.governance.judging import judge
from calculator.quality.evaluation_files import parse_evaluations, with_evaluations
from calculator.scenario import Scenario, dump_scenario, load_scenario, parse_scenario, scenario_data, scenario_from
from tests.test_cli import DEFAULT


def scenario(score: float = 0.8, task: str | None = None) -> Scenario:
    data = scenario_data(load_scenario(DEFAULT))
    floor = {"benchmark": "own", "score": score, **({} if task is None else {"task": task})}
    data["workloads"][0]["quality_floor"] = floor
    return scenario_from(data)


def floor_of(held: Scenario, option: str) -> tuple[str, str, str]:
    gate = next(g for g in judge(held, held.option(option), load_assumptions()) if g.rule == "PERF-01")
    return gate.outcome, gate.statement, gate.remedy


def evaluated(rows: str, floor: float = 0.8, task: str | None = None) -> Scenario:
    return with_evaluations(scenario(floor, task), parse_evaluations(("model,task,score,n\n" + rows).encode()))


def test_83_of_100_is_not_80_percent_for_certain() -> None:
    outcome, said, remedy = floor_of(evaluated("luna,tickets,0.83,100\n"), "luna")
    assert outcome == "needs_evidence"
    assert said == "tickets: 83 of 100: 74 to 89 %, the floor is 80 %"
    assert "tasks would tell" in remedy


@pytest.mark.parametrize(("row", "outcome"), [("0.83,2000", "pass"), ("0.6,100", "fail"), ("0.8,100000", "needs_evidence")])
def test_more_tasks_tell(row: str, outcome: str) -> None:
    assert floor_of(evaluated(f"luna,tickets,{row}\n"), "luna")[0] == outcome


@given(st.integers(1, 400), st.floats(0, 1), st.floats(0.05, 0.95))
def test_the_gate_follows_scipys_interval(n: int, share: float, least: float) -> None:
    solved = round(share * n)
    row = f"luna,tickets,{solved / n!r},{n}\n"
    interval = binomtest(solved, n).proportion_ci(0.95, method="wilson")
    if min(abs(interval.low - least), abs(interval.high - least)) < 1e-6:
        return
    expected = "pass" if interval.low >= least else "fail" if interval.high < least else "needs_evidence"
    assert floor_of(evaluated(row, least), "luna")[0] == expected


def test_without_results_the_floor_needs_evidence() -> None:
    outcome, said, _ = floor_of(scenario(), "luna")
    assert outcome == "needs_evidence" and "no own evaluation" in said and "80 %" in said


def test_the_worst_task_decides_unless_one_is_named() -> None:
    rows = "luna,easy,0.99,1000\nluna,hard,0.3,1000\n"
    assert floor_of(evaluated(rows), "luna")[0] == "fail"
    assert floor_of(evaluated(rows, task="easy"), "luna")[0] == "pass"


def test_a_model_name_means_every_option_of_that_effort() -> None:
    held = evaluated("gemma-4-31b,tickets,0.95,2000\n")
    named = {o.id for o in held.options if o.evaluations}
    assert named == {"gemma-hosted", "rented-h100", "burst-h100", "rented-gcp", "owned-rtx", "owned-h200"}
    assert floor_of(held, "mix")[0] == "pass"
    assert floor_of(held, "mix-flash-lite")[0] == "needs_evidence"


def test_results_travel_with_the_scenario() -> None:
    held = evaluated("luna,tickets,0.83,100\n")
    assert parse_scenario(dump_scenario(held)) == held
    assert with_evaluations(held, parse_evaluations(b"model,task,score,n\nluna,tickets,0.9,50\n")).options[
        0
    ].evaluations == (held.options[0].evaluations[0].model_copy(update={"score": 0.9, "n": 50}),)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "has no column model"),
        (b"model,task,score\nluna,a,0.5\n", "has no column n"),
        (b"model,task,score,n\n", "holds no rows"),
        (b"model,task,score,n\nluna,a,83,100\n", "row 2: score: must be the share of tasks solved, such as 0.83"),
        (b"model,task,score,n\nluna,a,nan,100\n", "row 2: score"),
        (b"model,task,score,n\nluna,a,0.5,0\n", "row 2: n: must be a whole number"),
        (b"model,task,score,n\nluna,,0.5,10\n", "row 2: task is missing"),
        (b"model,task,score,n\nlunna,a,0.5,10\n", "row 2: model 'lunna' is in no option; use one of luna"),
        (b"model,task,score,n\ngpt-6-luna,a,0.5,10\n", "runs otherwise here: luna (effort low)"),
        (b"model,task,score,n\nluna,a,0.5,10\nluna,a,0.6,10\n", "row 3: luna already has 'a' from row 2"),
        (b"[1]", "row 1: must be an object"),
        (b"{}", "must be a list"),
        (b"[", "is not JSON"),
        (b"\xff\xfe", "is not text"),
    ],
)
def test_a_bad_file_gets_one_clear_line(raw: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        with_evaluations(scenario(), parse_evaluations(raw, "results.csv"))
    assert message in str(caught.value) and str(caught.value).startswith("results.csv") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("floor", "message"),
    [({"benchmark": "own", "score": 80}, "is a share"), ({"benchmark": "arena_text", "score": 1, "task": "a"}, "own only")],
)
def test_a_bad_floor_is_refused(floor: dict[str, object], message: str) -> None:
    data = scenario_data(load_scenario(DEFAULT))
    data["workloads"][0]["quality_floor"] = floor
    with pytest.raises(InputError, match=message):
        scenario_from(data)


def test_the_command_line_reads_results(tmp_path: Path) -> None:
    results, file = tmp_path / "results.json", tmp_path / "scenario.yaml"
    results.write_text(json.dumps([{"model": "gpt-6-luna", "effort": "low", "task": "tickets", "score": 0.83, "n": 100}]))
    file.write_text(dump_scenario(scenario()))
    command = [sys.executable, "-m", "calculator.cli", "compare", str(file), "--draws", "16", "--evaluations", str(results)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120, check=True)
    luna = next(o for o in json.loads(done.stdout)["options"] if o["id"] == "luna")
    assert luna["quality"]["score"] == pytest.approx(83) and luna["quality"]["meets_floor"] is None
    assert round(luna["quality"]["low"], 1) == 74.5
    results.write_text("model;task\n")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "has no column model" in done.stderr
