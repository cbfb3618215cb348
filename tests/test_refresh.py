"""Refreshing from installed packages: what differs, what it does, and that only what differs is written."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from calculator.assumptions import load_assumptions
from calculator.refresh import effects, refresh, write
from calculator.refresh.packages import _mix
from calculator.scenario import load_scenario
from tests.test_cli import DEFAULT

KNOWN = load_assumptions()


def aged() -> dict[str, str]:
    """The grid file as if Germany's figures, and the package, were older."""
    text = KNOWN.text("grid")
    old = text.replace("{value: 0.3296, low: 0.3296, high: 0.381}", "{value: 0.5, low: 0.4, high: 0.6}")
    old = old.replace("EcoLogits 0.11.3", "EcoLogits 0.1.0")
    assert old != text
    return {"grid": old}


def test_the_shipped_files_hold_what_the_packages_say() -> None:
    """Only at the versions that the files name; another version is a difference by itself."""
    found = refresh(KNOWN)
    newer = any(c.id.endswith("source") for c in found.changes)
    assert newer or (found.changes == () and found.texts == {} and found.gone == ())


def test_every_country_of_the_grid_is_found_in_ecologits() -> None:
    assert [key for key in KNOWN.rows("grid") if _mix(key) is None] == []


def test_a_difference_is_found_and_its_range_holds_it() -> None:
    found = refresh(KNOWN.with_texts(aged()))
    assert [(c.id, c.old, c.new) for c in found.changes] == [
        ("grid.DE.kgco2e_per_kwh", 0.5, 0.3296),
        ("grid: source", "EcoLogits 0.1.0", f"EcoLogits {version('ecologits')}"),
    ]
    renewed = KNOWN.with_texts(found.texts).parameter("grid.DE.kgco2e_per_kwh")
    assert (renewed.number, renewed.low, renewed.high) == (0.3296, 0.3296, 0.6)
    kept = [line for line in found.texts["grid"].splitlines() if '"DE"' not in line and "defaults" not in line]
    assert set(kept) <= set(KNOWN.text("grid").splitlines())


def test_a_price_id_that_is_gone_is_told() -> None:
    text = KNOWN.text("offers").replace('genai_prices_model: "gpt-6-luna"', 'genai_prices_model: "gpt-0"', 1)
    assert refresh(KNOWN.with_texts({"offers": text})).gone == (
        "offers.openai/gpt-6-luna: genai-prices has no openai/gpt-0",
    )


def test_its_effect_on_a_scenario() -> None:
    old = KNOWN.with_texts(aged())
    (row,) = effects(refresh(old), old, {"support": load_scenario(DEFAULT)})
    assert row["largest_npv_change"] == 0
    assert -0.4 < row["largest_co2e_change"] < -0.2
    assert row["winner_before"] == row["winner_after"]


def test_writing_writes_what_differs(tmp_path: Path) -> None:
    found = refresh(KNOWN.with_texts(aged()))
    write(found, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["grid.yaml"]
    assert (tmp_path / "grid.yaml").read_text(encoding="utf-8") == found.texts["grid"]


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command(as_json: bool) -> None:
    command = [sys.executable, "-m", "calculator.cli", "assumptions", "refresh", *(["--json"] if as_json else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    if as_json:
        assert json.loads(done.stdout) == {"changes": [], "gone": [], "left_out": [], "effects": [], "written": False}
    else:
        assert "nothing to refresh" in done.stdout
