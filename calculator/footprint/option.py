"""One option's energy, emissions and water over the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, Row
from calculator.footprint.fleet import embodied_kg_per_gpu_month, fleet_kwh
from calculator.footprint.interval import Interval
from calculator.footprint.tokens import token_energy
from calculator.options import ApiOption, HostedOption, Option, OwnedOption, RentedOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EUROPE = "EU27"
WORLD = "WORLD"
OUTPUT_ONLY = "output tokens only"
"""What an estimate by the token rests on, in its basis."""
NOTHING = Interval(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Footprint:
    """Over the horizon; location-based, which is what the grid of the place emits."""

    energy_kwh: Interval
    operation_kg: Interval
    """Emissions of that energy, kgCO2e."""
    embodied_kg: Interval
    water_litres: Interval
    """Generation and cooling."""
    kwh_by_month: tuple[float, ...]
    """At base values."""
    basis: tuple[str, ...]
    """What the figures rest on, guesses named as such."""

    @property
    def co2e_kg(self) -> Interval:
        return self.operation_kg + self.embodied_kg

    def __add__(self, other: Footprint) -> Footprint:
        return Footprint(
            self.energy_kwh + other.energy_kwh,
            self.operation_kg + other.operation_kg,
            self.embodied_kg + other.embodied_kg,
            self.water_litres + other.water_litres,
            tuple(a + b for a, b in zip(self.kwh_by_month, other.kwh_by_month, strict=True)),
            tuple(dict.fromkeys((*self.basis, *other.basis))),
        )

    def _scaled(self, factor: float) -> dict[str, Any]:
        figures = {
            "energy_kwh": self.energy_kwh,
            "co2e_kg": self.co2e_kg,
            "embodied_kg": self.embodied_kg,
            "water_litres": self.water_litres,
        }
        return {name: (figure * factor).as_dict() for name, figure in figures.items()}

    def as_dict(self, tokens: float, market_based_kg: float | None) -> dict[str, Any]:
        """Plain data; `tokens` are the workloads' input and visible output tokens over the horizon."""
        return {
            "energy_kwh": self.energy_kwh.as_dict(),
            "co2e_kg": self.co2e_kg.as_dict(),
            "co2e_kg_market_based": market_based_kg,
            "embodied_kg": self.embodied_kg.as_dict(),
            "water_litres": self.water_litres.as_dict(),
            "kwh_per_million_tokens": (self.energy_kwh * (1e6 / tokens)).as_dict(),
            "co2e_kg_per_million_tokens": (self.co2e_kg * (1e6 / tokens)).as_dict(),
            "per_month": self._scaled(1 / len(self.kwh_by_month)),
            "per_million_tokens": self._scaled(1e6 / tokens),
            "kwh_by_month": list(self.kwh_by_month),
            "basis": list(self.basis),
        }


def fleet_footprint(option: RentedOption | OwnedOption, gpus: Array, used: Array, known: Assumptions) -> Footprint:
    """Of GPUs that stand ready, (months,), busy for the share `used` (months,) of the time, at base values.

    Energy is that of the sizing: idle power counts. Hardware is counted for the months in which it stands ready.
    """
    gpu = known.row("gpus", option.gpu)
    colocated = "facility.pue_colocation" if isinstance(option, OwnedOption) and option.site == "colocation" else None
    own = "facility.pue_own_site" if isinstance(option, OwnedOption) else "footprint.pue_cloud"
    pue = Interval.of(known.parameter(colocated or own))
    idle, busy = Interval.of(gpu.parameter("idle_kw")), Interval.of(gpu.parameter("average_kw"))
    hours = known.number("demand.hours_per_month")
    by_month = fleet_kwh(gpus, used, idle.base, busy.base, pue.base, hours)
    kwh = Interval(
        float(fleet_kwh(gpus, used, idle.low, busy.low, pue.low, hours).sum()),
        float(by_month.sum()),
        float(fleet_kwh(gpus, used, idle.high, busy.high, pue.high, hours).sum()),
    )
    place = option.country if isinstance(option, OwnedOption) else option.region
    basis = (f"sizing of the fleet, grid of {grid_row(place, known).key}",)
    return _footprint(kwh, pue, _embodied(known) * float(gpus.sum()), place, by_month, basis, known)


def token_footprint(
    option: ApiOption | HostedOption, weights: str | None, output_tokens: Array, known: Assumptions
) -> Footprint | None:
    """Of billed output tokens by month, (months,); None where the model's size is not known to anybody."""
    each = token_energy(option, weights, known)
    if each is None:
        return None
    total = float(output_tokens.sum())
    pue = Interval.of(known.parameter("footprint.pue_cloud"))
    basis = (f"{each.basis}, {OUTPUT_ONLY}, grid of {grid_row(option.region, known).key}",)
    by_month = output_tokens * each.kwh.base
    return _footprint(each.kwh * total, pue, each.embodied_kg * total, option.region, by_month, basis, known)


def _footprint(
    kwh: Interval,
    pue: Interval,
    embodied: Interval,
    place: str | None,
    by_month: Array,
    basis: tuple[str, ...],
    known: Assumptions,
) -> Footprint:
    grid = grid_row(place, known)
    site = Interval.of(known.parameter("footprint.site_litres_per_kwh"))
    it_kwh = Interval(kwh.low / pue.low, kwh.base / pue.base, kwh.high / pue.high)
    water = kwh * grid.number("litres_per_kwh") + it_kwh * site
    emitted = kwh * Interval.of(grid.parameter("kgco2e_per_kwh"))
    return Footprint(kwh, emitted, embodied, water, tuple(map(float, by_month)), basis)


def kg_per_gpu(
    option: RentedOption | OwnedOption, known: Assumptions, market_kg_per_kwh: float | None
) -> tuple[float, float, float]:
    """Base emissions of one GPU for a month: idle, busy, and its making; kgCO2e. By contracted electricity where given."""
    one = np.ones(1)
    grid = grid_row(option.country if isinstance(option, OwnedOption) else option.region, known)
    each = grid.number("kgco2e_per_kwh") if market_kg_per_kwh is None else market_kg_per_kwh
    idle, busy = (fleet_footprint(option, one, one * used, known).energy_kwh.base * each for used in (0, 1))
    return idle, busy, _embodied(known).base


def kg_per_output_token(option: ApiOption | HostedOption, weights: str | None, known: Assumptions) -> float | None:
    """Base emissions of one billed output token, kgCO2e; None where the model's size is not known to anybody."""
    one = token_footprint(option, weights, np.ones(1), known)
    return None if one is None else one.co2e_kg.base


def _embodied(known: Assumptions) -> Interval:
    """Of one GPU for a month."""
    gpu, server, life = (
        Interval.of(known.parameter(f"footprint.{name}"))
        for name in ("embodied_kg_per_gpu", "embodied_kg_per_server", "life_years")
    )
    each = known.number("footprint.gpus_per_server")
    return Interval(
        embodied_kg_per_gpu_month(gpu.low, server.low, each, life.high),
        embodied_kg_per_gpu_month(gpu.base, server.base, each, life.base),
        embodied_kg_per_gpu_month(gpu.high, server.high, each, life.low),
    )


def grid_row(place: str | None, known: Assumptions) -> Row:
    """The grid of a country or region code; Europe's or the world's mean where the place is wider or not listed."""
    rows = known.rows("grid")
    code = (place or "").upper()
    if code in rows:
        return rows[code]
    region = known.rows("regions").get((place or "").lower())
    countries: Sequence[str] = region.list("countries") if region is not None else ()
    if len(countries) == 1 and countries[0] in rows:
        return rows[countries[0]]
    return rows[EUROPE if code in ("EU", "EEA") else WORLD]


def option_footprint(
    option: Option,
    known: Assumptions,
    *,
    weights: str | None = None,
    output_tokens: Array | None = None,
    gpus: Array | None = None,
    used: Array | None = None,
) -> Footprint | None:
    """Whatever the route: a fleet where there is one, billed output tokens otherwise."""
    if isinstance(option, RentedOption | OwnedOption) and gpus is not None and used is not None:
        return fleet_footprint(option, gpus, used, known)
    if isinstance(option, ApiOption | HostedOption) and output_tokens is not None:
        return token_footprint(option, weights, output_tokens, known)
    return None
