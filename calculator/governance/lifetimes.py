"""How long a model stays available: survival curves from dated launches and shutdowns.

Kaplan and Meier's product-limit estimate (J. Amer. Statist. Assoc. 53, 1958) with Greenwood's variance and the
log-log band (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, section 1.4). A model that
is still served counts as long as it has been watched; a shutdown that is announced ahead counts as an end on its
date. Beyond the last observation survival falls exponentially (Brown, Hollander and Korwar 1974).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, Parameter, Row, Source, as_date
from calculator.errors import InputError, unknown_name
from calculator.retirements import dated_lives

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DAYS_PER_YEAR = 365.25
Z_95 = 1.959963984540054
P90 = 1.2815515655446004
"""Standard normal quantiles of the 95 % band and of P90."""
SPECIAL = ("preview", "codex", "experimental", "search")
"""Words in a model's id that mark it as a variant or preview."""


@dataclass(frozen=True)
class SurvivalCurve:
    """Share of models still served by age. Steps: `survival[i]` holds from `days[i]` up to the next."""

    days: tuple[float, ...]
    """Ages at which models ended, ascending."""
    survival: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    """95 % band, log-log."""
    n: int
    ended: int
    watched_days: float
    """Longest age observed; the tail begins there."""
    exposure_days: float
    """Ages of all models together."""
    log_hazard_sd: float
    """Standard error of ln(cumulative hazard) where survival is nearest one half."""

    @property
    def tail_per_day(self) -> float:
        """Hazard beyond the last observation: ln(1/S)/t there, or ends over exposure where nothing survived."""
        last = self.survival[-1] if self.survival else 1.0
        if last >= 1.0 or last <= 0.0:
            return self.ended / self.exposure_days
        return float(-np.log(last) / self.watched_days)

    def at(self, age_days: Array | float) -> Array:
        """Survival at ages, any shape; exponential beyond the last observation."""
        age = np.asarray(age_days, dtype=float)
        steps = np.concatenate([[1.0], self.survival])
        value = steps[np.searchsorted(np.asarray(self.days), age, side="right")]
        beyond = np.maximum(age - self.watched_days, 0.0)
        return np.asarray(value * np.exp(-self.tail_per_day * beyond))

    def mean_residual_days(self, age_days: float, within_days: float) -> float:
        """E[min(X, R)] for the residual life X of a model of that age: the integral of S(a + t)/S(a), t from 0 to R."""
        start = float(self.at(age_days))
        if start <= 0:
            rate = self.tail_per_day
            return float((1 - np.exp(-rate * within_days)) / rate)
        end = age_days + within_days
        stepped = min(end, max(self.watched_days, age_days))
        knots = np.unique([age_days, *(d for d in self.days if age_days < d < stepped), stepped])
        area = float((self.at(knots[:-1]) * np.diff(knots)).sum())
        if end > stepped:
            rate = self.tail_per_day
            area += float(self.at(stepped)) * float((1 - np.exp(-rate * (end - stepped))) / rate)
        return area / start

    def residual_days(self, u: Array, age_days: Array, hazard_ratio: Array) -> Array:
        """Residual life at a survival probability `u` in (0, 1), for a model of that age; arrays broadcast.

        (S(a + X)/S(a))^ratio = u. A model older than every one that was watched follows the tail's hazard.
        """
        start = self.at(age_days)
        target = start * u ** (1 / hazard_ratio)
        ends = np.concatenate([self.days, [np.inf]])
        falling = -np.asarray(self.survival)
        end = ends[np.searchsorted(falling, -target, side="left")]
        last = self.survival[-1] if self.survival else 1.0
        rate = self.tail_per_day
        with np.errstate(divide="ignore", invalid="ignore"):
            tail = np.maximum(self.watched_days, age_days) + np.log(np.minimum(start, last) / target) / rate
            outlived = age_days - np.log(u) / (rate * hazard_ratio)
        reached = np.where(np.isinf(end), tail, end)
        return np.asarray(np.maximum(np.where(start > 0, reached, outlived) - age_days, 0.0))


def kaplan_meier(days: Sequence[float], ended: Sequence[bool]) -> SurvivalCurve:
    """The product-limit estimate of lives `days`, each ended or still running; InputError for none, or an age below 0.

    S(t) = prod(1 - d/n) over ages up to t; var ln S = sum d/(n(n - d)); band S^exp(+-1.96 se/ln S).
    """
    ages, over = np.asarray(days, dtype=float), np.asarray(ended, dtype=bool)
    if ages.size == 0 or ages.shape != over.shape:
        raise InputError("survival curve: needs at least one life, and for each whether it has ended")
    if not np.isfinite(ages).all() or (ages < 0).any():
        raise InputError("survival curve: an age must be a number of at least 0 days")
    times = np.unique(ages[over])
    at_risk = (ages[:, None] >= times).sum(axis=0)
    deaths = ((ages[:, None] == times) & over[:, None]).sum(axis=0)
    survival = np.cumprod(1 - deaths / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.sqrt(np.cumsum(deaths / (at_risk * (at_risk - deaths))))
        log_hazard_sd = deviation / np.abs(np.log(survival))
        low = survival ** np.exp(Z_95 * log_hazard_sd)
        high = survival ** np.exp(-Z_95 * log_hazard_sd)
    known = np.isfinite(log_hazard_sd) & (survival > 0)
    carried = np.minimum.accumulate(np.where(known, high, np.inf)) if times.size else high
    middle = int(np.argmin(np.where(known, np.abs(survival - 0.5), np.inf))) if known.any() else -1
    return SurvivalCurve(
        days=tuple(times.tolist()),
        survival=tuple(survival.tolist()),
        low=tuple(np.where(known, low, 0.0).tolist()),
        high=tuple(np.where(known, high, np.minimum(carried, 1.0)).tolist()),
        n=int(ages.size),
        ended=int(over.sum()),
        watched_days=float(ages.max()),
        exposure_days=float(max(ages.sum(), 1.0)),
        log_hazard_sd=float(log_hazard_sd[middle]) if middle >= 0 else 1.0,
    )


@dataclass(frozen=True)
class Group:
    """A survival curve, what it describes and what it rests on."""

    id: str
    name: str
    curve: SurvivalCurve
    note: str
    sources: tuple[Source, ...]
    as_of: str

    def hazard_ratio(self) -> Parameter:
        """How far the true hazard may lie from the curve's: P10 and P90 of Greenwood's log-log error."""
        spread = float(np.exp(P90 * self.curve.log_hazard_sd))
        return Parameter(
            id=f"lifetimes.{self.id}.hazard_ratio",
            value=1.0,
            low=1 / spread,
            high=spread,
            unit="ratio",
            as_of=self.as_of,
            kind="measured",
            source=self.sources[0],
            note=f"{self.name}: sampling error of a Kaplan-Meier curve over {self.curve.n} models, {self.curve.ended} ended",
            description="True hazard of retirement over the estimated one",
            distribution="lognormal",
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data: the curve's steps with their band, what it describes, what it rests on."""
        curve = self.curve
        return {
            "id": self.id,
            "name": self.name,
            "models": curve.n,
            "ended": curve.ended,
            "median_days": next((d for d, s in zip(curve.days, curve.survival, strict=True) if s <= 0.5), None),
            "watched_days": curve.watched_days,
            "days": [0.0, *curve.days],
            "survival": [1.0, *curve.survival],
            "low": [1.0, *curve.low],
            "high": [1.0, *curve.high],
            "note": self.note,
            "sources": [source.as_dict() for source in self.sources],
            "as_of": self.as_of,
        }


@lru_cache(maxsize=4)
def groups(known: Assumptions) -> dict[str, Group]:
    """All survival curves, by id."""
    rows = list(dated_lives(known))
    return {key: _group(key, row, rows) for key, row in known.rows("lifetime_groups").items()}


def _group(key: str, row: Row, rows: Sequence[Row]) -> Group:
    platforms, classes, since = row.list("platforms"), row.list("classes"), row.text("launched_from")
    fitting = [
        f for f in rows if f.cells["platform"] in platforms and f.cells["class"] in classes and f.cells["launch"] >= since
    ]
    lives, ended = [], []
    for fact in fitting:
        end = fact.cells.get("shutdown")
        lives.append(float((as_date(end or fact.metadata["as_of"]) - as_date(fact.cells["launch"])).days))
        ended.append(end is not None)
    if not lives:
        raise InputError(
            f"assumptions/lifetime_groups.yaml: {key}: no dated model fits; widen platforms, classes or the date"
        )
    note = str(row.metadata.get("note") or "")
    sources = {s.title: s for f in fitting if (s := f.parameter("launch").source) is not None}
    dated = max(f.metadata["as_of"] for f in fitting)
    return Group(key, row.text("name"), kaplan_meier(lives, ended), note, tuple(sources.values()), dated)


def group_of(known: Assumptions, provider: str, model: str, *, hosted: bool, endpoint: str | None = None) -> Group:
    """The curve that an offer follows: its provider's own by kind of model, else the vendors' or the hosts' together."""
    curves = groups(known)
    if hosted:
        return curves["vertex-open" if provider.startswith("google") else "hosts-open"]
    special = any(word in model for word in SPECIAL)
    for name in (f"{provider}@{endpoint}", provider):
        fitting = [k for k, row in known.rows("lifetime_groups").items() if name in row.list("providers")]
        ordered = sorted(fitting, key=lambda k: k.endswith("special") != special)
        if ordered:
            return curves[ordered[0]]
    return curves["vendors-general"]


def named_group(known: Assumptions, name: str, where: str) -> Group:
    """A curve by its id; InputError with the nearest ids."""
    if name not in groups(known):
        raise unknown_name(where, "survival curve", name, groups(known))
    return groups(known)[name]


def launch_date(known: Assumptions, model: str) -> date | None:
    """The launch of a model that is on offer, where it is known."""
    row = known.rows("launches").get(model)
    return as_date(row.text("launch")) if row is not None else None


def extra_forced_migrations_per_year(mean_cycle_years: float, refresh_years: float) -> float:
    """Moves a year beyond the firm's own rhythm: 1/mu - 1/R, mu = E[min(X, R)] (renewal reward, Ross 2014, section 7.4).

    `refresh_years` 0 stands for never. At least 0; InputError for a cycle of 0 or a negative rhythm.
    """
    if mean_cycle_years <= 0 or refresh_years < 0:
        raise InputError("refresh_years: must be at least 0 (0 = never), with a model that lives longer than 0")
    own = 1 / refresh_years if refresh_years > 0 else 0.0
    return max(0.0, 1 / mean_cycle_years - own)


def mean_cycle_years(curve: SurvivalCurve, age_years: float, refresh_years: float) -> float:
    """E[min(X, R)] in years on a survival curve; `refresh_years` 0 stands for never (a century)."""
    if age_years < 0:
        raise InputError("age_years: must be at least 0")
    span = (refresh_years or 100.0) * DAYS_PER_YEAR
    return curve.mean_residual_days(age_years * DAYS_PER_YEAR, span) / DAYS_PER_YEAR
