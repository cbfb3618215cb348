"""The timeline row by row: one date, one side and one row a model; nothing scored before it was there."""

import re
from collections import defaultdict
from datetime import date

import pytest

from calculator.assumptions import Row, load_assumptions
from calculator.quality.race import BENCHMARKS

KNOWN = load_assumptions()
DAYS_FROM_VERSION = 45
"""A version is named for the day it was fixed; it is released within weeks."""
FIRST = date(2018, 1, 1)
DATED = re.compile(
    r"(?P<long>20\d\d)-?(?P<month>0[1-9]|1[0-2])-?(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|[-_ (@](?P<short>2[3-6])(?P<short_month>0[1-9]|1[0-2])(?!\d)"
    r"|[-_ (](?P<only_month>0[1-9]|1[0-2])(?P<only_day>0[1-9]|[12]\d|3[01])(?!\d)"
)


def rows() -> list[tuple[str, Row]]:
    return [(name, row) for name in BENCHMARKS for row in KNOWN.rows(f"timeline.{name}").values()]


def plain(model: str) -> str:
    """A name without what sources write differently: case, spaces, hyphens, brackets."""
    return re.sub(r"[^a-z0-9]", "", model.lower().replace("+", "plus"))


def version_dates(text: str, near: date) -> list[date]:
    """Days that a version's name holds; where it holds no day, the middle of its month; no year, that of `near`."""
    found = []
    for match in DATED.finditer(text):
        part = match.groupdict()
        if part["long"]:
            found.append(date(int(part["long"]), int(part["month"]), int(part["day"])))
        elif part["short"]:
            found.append(date(2000 + int(part["short"]), int(part["short_month"]), 15))
        else:
            found.append(date(near.year, int(part["only_month"]), int(part["only_day"])))
    return found


def test_a_model_has_one_date_and_one_side_in_every_series() -> None:
    dates: defaultdict[str, set[str]] = defaultdict(set)
    sides: defaultdict[str, set[str]] = defaultdict(set)
    for _, row in rows():
        dates[plain(row.text("model"))].add(row.text("released"))
        sides[plain(row.text("model"))].add(row.text("access"))
    assert {m: d for m, d in dates.items() if len(d) > 1} == {}
    assert {m: s for m, s in sides.items() if len(s) > 1} == {}


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_a_model_stands_once_in_a_series(benchmark: str) -> None:
    names = [plain(row.text("model")) for row in KNOWN.rows(f"timeline.{benchmark}").values()]
    assert sorted({n for n in names if names.count(n) > 1}) == []


def test_nothing_is_scored_before_it_is_released() -> None:
    for name, row in rows():
        released, scored = date.fromisoformat(row.text("released")), row.parameter("score").as_of
        assert FIRST <= released <= date.fromisoformat(str(scored)), f"{name}: {row.text('model')} {released}, {scored}"


def test_a_version_in_the_name_or_in_the_run_is_the_version_that_is_dated() -> None:
    """A score of V3-0324 is not one of December's V3; a snapshot of May was not released in August."""
    seen = 0
    for name, row in rows():
        source = row.parameter("score").source
        run = source.locator.partition("run: ")[2] if source and source.locator else ""
        released = date.fromisoformat(row.text("released"))
        for said in (row.text("model"), run):
            for day in version_dates(said, released):
                seen += 1
                days = (released - day).days
                assert abs(days) <= DAYS_FROM_VERSION, f"{name}: {said} is dated {released}"
    assert seen > 60


def test_the_first_sight_stands_only_where_no_release_is_known() -> None:
    """A proxy is a last resort: what a launch or lifetime row dates earlier by more than a day takes that date."""
    launched = {plain(key): row.text("launch") for key, row in KNOWN.rows("launches").items()}
    for name, row in rows():
        if row.text("date_basis") == "proxy":
            for key in {plain(row.text("model")), plain(re.sub(r"-(x?high|max|preview)$", "", row.text("model").lower()))}:
                known = launched.get(key)
                late = (date.fromisoformat(row.text("released")) - date.fromisoformat(known)).days if known else 0
                assert late <= 1, f"{name}: {row.text('model')} was launched on {known}"


def test_versions_are_read_from_names() -> None:
    near = date(2025, 4, 1)
    assert version_dates("DeepSeek-V3-0324", near) == [date(2025, 3, 24)]
    assert version_dates("gpt-4o-2024-08-06", near) == [date(2024, 8, 6)]
    assert version_dates("claude-3-5-sonnet-20241022", near) == [date(2024, 10, 22)]
    assert version_dates("mistral-small-2503", near) == [date(2025, 3, 15)]
    assert version_dates("Llama 3.1 405B", near) == []
