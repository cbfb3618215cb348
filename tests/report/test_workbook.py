"""The workbook: another program recalculates it to the engine's figures, and text from a scenario stays text."""

import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from calculator.assumptions import assumptions_folder
from calculator.evaluate import evaluate_scenario
from calculator.report.sheets import LONGEST_NAME, Place, sheet_names
from calculator.report.workbook import FIRST_LINE, FIRST_MONTH_ROW, workbook_xlsx
from calculator.scenario import Scenario, dump_scenario, load_scenario, scenario_data, scenario_from

DEFAULT = assumptions_folder() / "scenarios" / "support-assistant.yaml"
CENT = 0.005
RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def result(scenario: Scenario) -> dict[str, Any]:
    return evaluate_scenario(scenario, draws=64).as_dict()


def scenario(**changes: Any) -> Scenario:
    return scenario_from({**scenario_data(load_scenario(DEFAULT)), **changes})


def workbook(s: Scenario) -> bytes:
    return workbook_xlsx(result(s), dump_scenario(s))


@pytest.fixture
def recalculated(tmp_path: Path) -> Any:
    """A workbook's values after LibreOffice has counted every formula anew."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is missing; .ci/run installs libreoffice-calc")
        pytest.skip("needs LibreOffice Calc: apt-get install --no-install-recommends libreoffice-calc")

    def recalculate(xlsx: bytes) -> Any:
        profile, out = tmp_path / "profile", tmp_path / "out"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS)
        (tmp_path / "plan.xlsx").write_bytes(xlsx)
        where = ["--headless", "--convert-to", "xlsx", "--outdir", str(out), str(tmp_path / "plan.xlsx")]
        command = [program, f"-env:UserInstallation={profile.as_uri()}", *where]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return openpyxl.load_workbook(out / "plan.xlsx", data_only=True)

    return recalculate


def formulas(xlsx: bytes) -> list[tuple[str, str, str]]:
    book = openpyxl.load_workbook(BytesIO(xlsx))
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def test_every_formula_gives_the_engines_figure(recalculated: Any) -> None:
    s = scenario()
    written, counted = openpyxl.load_workbook(BytesIO(workbook(s)), data_only=True), recalculated(workbook(s))
    cells = formulas(workbook(s))
    assert len(cells) > 2000
    for sheet, place, formula in cells:
        ours, theirs = written[sheet][place].value, counted[sheet][place].value
        assert theirs == pytest.approx(ours, abs=CENT) if isinstance(ours, int | float) else theirs == ours, formula
    for o in result(s)["options"]:
        assert counted[o["id"]]["B4"].value == pytest.approx(o["npv_usd"]["base"], abs=CENT)
        assert counted[o["id"]]["B5"].value == pytest.approx(sum(o["monthly_cost_usd"]), abs=CENT)
        assert counted[o["id"]]["B6"].value == pytest.approx(o["usd_per_million_tokens"], rel=1e-9)


def test_changed_cells_move_the_sums_as_the_engine_would(recalculated: Any) -> None:
    """Cached values cannot pass this one: they are those of another discount rate and another price of people."""
    book = openpyxl.load_workbook(BytesIO(workbook(scenario())))
    assert book["Inputs"]["B3"].value == 0.08
    book["Inputs"]["B3"].value = 0.15
    sheet = book["rented-h100"]
    flows = next(o for o in result(scenario())["options"] if o["id"] == "rented-h100")["cost_lines_monthly_usd"]
    place = Place(9, FIRST_LINE + list(flows).index("people")).name
    assert sheet[place].value == 1
    sheet[place].value = 2
    changed = BytesIO()
    book.save(changed)
    counted = recalculated(changed.getvalue())
    dearer = result(scenario(discount_rate=0.15))
    for o in dearer["options"]:
        expected = o["npv_usd"]["base"] + (o["cost_lines_usd"]["people"] if o["id"] == "rented-h100" else 0)
        assert counted[o["id"]]["B4"].value == pytest.approx(expected, abs=CENT)
    summary = {row[0]: row[3] for row in counted["Summary"].iter_rows(min_row=5, values_only=True)}
    assert summary["rented-h100"] == pytest.approx(counted["rented-h100"]["B4"].value, abs=CENT)


def test_payback_against_the_baseline(recalculated: Any) -> None:
    s = scenario(baseline="mistral-medium")
    counted = recalculated(workbook(s))
    own = next(o for o in result(s)["options"] if o["id"] == "mix-flash-lite")["monthly_cost_usd"]
    other = next(o for o in result(s)["options"] if o["id"] == "mistral-medium")["monthly_cost_usd"]
    paid, saved = 0.0, []
    for a, b in zip(own, other, strict=True):
        paid += b - a
        saved.append(paid)
    expected = max(m for m, usd in enumerate(saved) if usd < 0) + 1
    assert 0 < expected < len(own)
    assert counted["mix-flash-lite"]["B8"].value == expected
    assert counted["rented-gcp"]["B8"].value == "never"


EVIL = ["=cmd|' /C calc'!A0", "=1+1", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("http://x")', "http://x.example", "{=1}", "'=1"]


@pytest.mark.parametrize("text", EVIL)
def test_text_of_a_scenario_never_becomes_a_formula_or_a_link(text: str) -> None:
    data = scenario_data(load_scenario(DEFAULT))
    data["title"] = text
    data["options"][0]["name"] = text
    data["organization"]["sector"] = text
    xlsx = workbook_xlsx(evaluate_scenario(scenario_from(data), draws=16).as_dict(), text + "\n" + text)
    book = openpyxl.load_workbook(BytesIO(xlsx))
    shown = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == text]
    assert len(shown) >= 4
    # openpyxl takes any text that begins with = for a formula, so the file itself is asked
    with ZipFile(BytesIO(xlsx)) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        assert not any("hyperlink" in n for n in parts.namelist()) and not any("<hyperlink" in s for s in sheets)
        assert all("cmd" not in s and "HYPERLINK" not in s for s in sheets)
        ours = {f for s in sheets for f in s.split("<f>")[1:]}
    assert ours and all(f.startswith(("SUM", "(1+", "IF(", "B4/", "'", "B", *"CDEFGHIJKLMNOPQRSTUVWXYZ")) for f in ours)


def test_same_scenario_same_bytes() -> None:
    s = scenario()
    assert workbook_xlsx(result(s), dump_scenario(s)) == workbook(s)


def test_sheet_names_are_short_and_distinct() -> None:
    ids = ["a" * 60, "a" * 59 + "b", "History", "summary", "SUMMARY", "x.y"]
    names = sheet_names(ids, ["Summary"])
    assert len({n.lower() for n in names.values()} | {"summary"}) == len(ids) + 1
    assert all(0 < len(n) <= LONGEST_NAME for n in names.values())


def test_options_with_long_ids_are_written() -> None:
    data = scenario_data(load_scenario(DEFAULT))
    data["options"] = [{**data["options"][1], "id": "a" * 59 + end} for end in "xyz"]
    data.pop("baseline")
    book = openpyxl.load_workbook(BytesIO(workbook_xlsx(evaluate_scenario(scenario_from(data), draws=16).as_dict(), "")))
    assert len(book.sheetnames) == 5 + 3


def test_months_stand_where_formulas_look_for_them() -> None:
    sheet = openpyxl.load_workbook(BytesIO(workbook(scenario())))["luna"]
    assert sheet.cell(FIRST_MONTH_ROW + 1, 1).value == 0
    assert sheet.cell(FIRST_MONTH_ROW + 37, 2).value == "2029-12"


@pytest.mark.parametrize(("out", "message"), [("/nowhere/at/all/plan.xlsx", "does not exist"), (".", "is a folder")])
def test_a_place_that_cannot_be_written_is_one_line(out: str, message: str) -> None:
    command = [sys.executable, "-m", "calculator.cli", "workbook", str(DEFAULT), "-o", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1
