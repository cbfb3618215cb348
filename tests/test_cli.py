"""The command line as a process: answers, exit codes, one clear line for bad input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from calculator.assumptions import assumptions_folder

DEFAULT = assumptions_folder() / "scenarios" / "support-assistant.yaml"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "calculator.cli", *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def test_compare_prints_verdict_and_table() -> None:
    done = run("compare", str(DEFAULT))
    assert done.returncode == 0, done.stderr
    assert "Support assistant" in done.stdout
    assert "owned-h200" in done.stdout
    assert "PV P50" in done.stdout
    assert done.stderr == ""


def test_the_table_tells_base_values_from_draws_and_notes_stand_below() -> None:
    done = run("compare", str(DEFAULT), "--draws", "16")
    assert "PV base" in done.stdout and "PV mean, which decides, and P10 to P90 over draws" in " ".join(done.stdout.split())
    notes = done.stdout.split("Notes on options\n", 1)[1].splitlines()
    assert "rented-gcp: price of gcp in us; none is listed for eu" in notes
    assert sum(line.startswith("owned-rtx: ") for line in notes) == 1


def test_a_budget_says_how_it_is_compared() -> None:
    done = run("break-even", str(DEFAULT), "--budget-per-month", "20000")
    assert "dearest month" in done.stdout
    assert "at most that of the budget paid every month" in " ".join(done.stdout.split())


def test_compare_json_keeps_the_contract() -> None:
    done = run("compare", str(DEFAULT), "--json", "--draws", "64")
    result = json.loads(done.stdout)
    schema = json.loads(run("schema", "compare").stdout)
    assert set(schema["required"]) <= set(result)
    for option in result["options"]:
        assert set(schema["properties"]["options"]["items"]["required"]) <= set(option)
        lines = sum(option["cost_lines_usd"].values())
        assert lines == pytest.approx(option["npv_usd"]["base"], rel=1e-9)
        assert option["security_loss_usd"]["expected"] > 0
        assert len(option["monthly_cost_usd"]) == result["horizon_months"] + 1
    assert sum(result["probability_cheapest_by_route"].values()) == pytest.approx(1)


def test_same_scenario_same_figures() -> None:
    first, second = run("compare", str(DEFAULT), "--json"), run("compare", str(DEFAULT), "--json")
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "nowhere.yaml"], "no such file"),
        (["compare", "."], "is a folder"),
        (["assumptions", "show", "staffing.api_operations_ft"], "did you mean staffing.api_operations_fte"),
        (["assumptions", "check", "--on", "soon"], "must be a date"),
        (["report", str(DEFAULT), "-o", "/nowhere/at/all/x.pdf"], "does not exist"),
        (["compare", str(DEFAULT), "--draws", "0"], "must be a whole number"),
        (["frobnicate"], "invalid choice"),
    ],
)
def test_bad_input_exits_2_with_one_line(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gpt-6-luna", "gpt-6-lunar", "gpt-6-luna"),
        ("provider: openai", "provider: opnai", "options.luna.provider: prices: unknown provider"),
        ("gpu: h100-sxm", "gpu: h1000", "h100"),
        ("weights: gemma-4-31b", "weights: gemma-5", "gemma-4-31b"),
        ("provider: nebius", "provider: nebulous", "nebius"),
        ("weights: gemma-4-31b, gpu: h100-sxm", "weights: llama-3.1-405b, gpu: l4", "50 ms are allowed"),
        ("provider: openai, model: gpt-6-luna", "provider: openai, model: gpt-5", "gpt-6.1-sol"),
    ],
)
def test_unknown_names_say_what_was_meant(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = run("compare", str(path))
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_save_writes_pins_and_reads_back(tmp_path: Path) -> None:
    out = tmp_path / "saved.yaml"
    assert run("save", str(DEFAULT), "-o", str(out)).returncode == 0
    assert "pins:" in out.read_text()
    assert run("compare", str(out), "--draws", "16").returncode == 0


def test_report_is_written(tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    done = run("report", str(DEFAULT), "-o", str(out), "--draws", "64")
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(b"%PDF-1.7")


def test_help_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "altair", "streamlit", "pydantic")
    code = (
        f"import sys, calculator.cli as c; c.build_parser().format_help(); print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
