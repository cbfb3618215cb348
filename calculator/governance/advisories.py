"""Published vulnerabilities of serving software, and how many patch events they make in a year."""

from __future__ import annotations

from datetime import date, timedelta

from calculator.assumptions import Assumptions, Row, as_date

YEAR = timedelta(days=365)


def advisories(known: Assumptions, product: str, on: date) -> list[Row]:
    """Of a product, published in the year before a date (records without a day from the first they can mean)."""
    rows = [r for r in known.rows("advisories").values() if r.text("product") == product]
    return [r for r in rows if on - YEAR < as_date(r.text("published")) <= on]


def patch_events(known: Assumptions, product: str, on: date) -> int:
    """Patch events of the year before a date: advisories of one week are one upgrade.

    A record without a day stands by itself, since the week is not known.
    """
    weeks: set[object] = set()
    for row in advisories(known, product, on):
        text = row.text("published")
        weeks.add(date.fromisoformat(text).isocalendar()[:2] if len(text) == len("2026-01-01") else row.key)
    return len(weeks)
