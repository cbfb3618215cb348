"""When models behind APIs end: announced shutdowns with their successors, and dated launches and shutdowns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calculator.assumptions import Assumptions, Row, Source, as_date


@dataclass(frozen=True)
class Retirement:
    """An announced shutdown."""

    shutdown: date | None
    successor_provider: str | None
    successor_model: str | None
    source: Source | None
    not_before: date | None = None
    """Earliest shutdown that the vendor commits to."""
    reported: date | None = None
    """A removal that one source reports while another still lists the offer."""


def retirement(known: Assumptions, provider: str, model: str, endpoint: str | None = None) -> Retirement | None:
    """What is announced for a model, at an endpoint before the provider as a whole; None where nothing is.

    An announcement stands before the dated lives of models, which know no successor. A life's end counts where its
    platform's list is the vendor's own; elsewhere it is a report.
    """
    rows = known.rows("retirements")
    row = rows.get(f"{provider}@{endpoint}/{model}") or rows.get(f"{provider}/{model}")
    if row is not None and ("shutdown" in row or "reported_shutdown" in row):
        return _announced(row)
    ended = _ended(known, provider, model, endpoint)
    if ended is None:
        return None if row is None else _announced(row)
    own_lists = known.parameter("retirements.dated_platforms").value
    vendors_own = isinstance(own_lists, tuple) and ended.text("platform") in own_lists
    day = as_date(ended.text("shutdown"))
    return Retirement(
        shutdown=day if vendors_own else None,
        successor_provider=None,
        successor_model=None,
        source=ended.parameter("shutdown").source,
        not_before=None if row is None else _announced(row).not_before,
        reported=None if vendors_own else day,
    )


def _announced(row: Row) -> Retirement:
    def day(column: str) -> date | None:
        text = row.text(column, None)
        return as_date(text) if text else None

    return Retirement(
        shutdown=day("shutdown"),
        successor_provider=row.text("successor_provider", None),
        successor_model=row.text("successor_model", None),
        source=row.parameter(next(iter(row))).source,
        not_before=day("not_before"),
        reported=day("reported_shutdown"),
    )


def dated_lives(known: Assumptions) -> Iterable[Row]:
    """Every dated launch and shutdown."""
    for topic in known.topics():
        if topic.startswith("lifetimes."):
            yield from known.rows(topic).values()


@lru_cache(maxsize=4)
def _ends_by_name(known: Assumptions) -> Mapping[tuple[str, str], Row]:
    """Rows with a shutdown, by platform and the id that the platform gives the model."""
    ended = (row for row in dated_lives(known) if "shutdown" in row.cells)
    return {(row.cells["platform"], row.key.removeprefix(f"{row.cells['platform']}/")): row for row in ended}


def _ended(known: Assumptions, provider: str, model: str, endpoint: str | None) -> Row | None:
    """The dated end of exactly this model, by our name for it or by the provider's own id."""
    offer = known.rows("offers").get(f"{provider}/{model}")
    names = (model,) if offer is None else (model, offer.text("genai_prices_model", model))
    platforms = (provider,) if endpoint is None else (f"{provider}-{endpoint}", provider)
    ends = _ends_by_name(known)
    return next((ends[key] for key in ((p, n) for p in platforms for n in names) if key in ends), None)
