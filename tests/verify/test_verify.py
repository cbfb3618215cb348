"""Worked cases agree; a wrong one is seen; bad files are one line."""

import inspect
from pathlib import Path

import pytest

from calculator.errors import InputError
from calculator.verify import load_cases, verify
from calculator.verify.calculations import CALCULATIONS, described
from calculator.verify.cases import shipped_cases


@pytest.mark.parametrize("path", shipped_cases(), ids=lambda p: p.stem)
def test_every_shipped_case_agrees(path: Path) -> None:
    report = verify([path])
    missed = [f"{r.name}: ours {r.ours_text}, theirs {r.expected_text}" for r in report.rows if not r.ok]
    assert not missed, "\n".join(missed)


def test_there_are_enough_cases() -> None:
    assert sum("pan-et-al" in str(p) for p in shipped_cases()) == 1
    assert len(load_cases([p for p in shipped_cases() if p.stem == "pan-et-al"])) == 36


CASE = "- {name: n, source: {title: t, locator: l}, calculation: %s, inputs: %s, expected: %s}"


def test_a_wrong_case_misses(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(CASE % ("npv", "{rate: 0, flows: [1, 2]}", "4"))
    assert not verify([path]).ok


@pytest.mark.parametrize(
    ("calculation", "inputs", "message"),
    [
        ("npw", "{}", "did you mean npv"),
        ("npv", "{rat: 1}", "unknown input"),
        ("npv", "{rate: 1}", "flows is missing"),
        ("npv", "{rate: x, flows: [1]}", "npv"),
    ],
)
def test_bad_cases_are_one_line(tmp_path: Path, calculation: str, inputs: str, message: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(CASE % (calculation, inputs, "1"))
    with pytest.raises(InputError, match=message) as caught:
        verify([path])
    assert "\n" not in str(caught.value)


def test_every_calculation_is_described() -> None:
    listed = described()
    for name, function in CALCULATIONS.items():
        assert f"{name}\n" in listed
        assert inspect.getdoc(function), name
