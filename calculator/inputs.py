"""Every number the calculation asks for, as an array over draws.

The point estimate is the same code with one draw at base values. With `draws`, every uncertain number becomes
an array of shape (draws,), a certain one an array of shape (1,), which broadcasts. All options see the same
draws of the same input (common random numbers), so that differences between options are not noise.
Inputs remember what was asked of them: that is the list of assumptions behind an answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from calculator import sampling
from calculator.assumptions import Assumptions, Parameter, Row
from calculator.assumptions.bounds import bounds
from calculator.distributions import empirical_ppf, lognormal_ppf_p10_p90, pert_ppf_p10_p90
from calculator.quantities import Range, base

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

T = TypeVar("T")
SCENARIO_DIMENSIONS = 32
"""The first Sobol dimensions, the best of the sequence, are kept for the scenario's own numbers."""
EVENT = " "
"""Ends the key of an event's column, apart from an input of the same name."""
SLOTS = 1021
"""Dimensions, a prime number of them, for inputs that are no assumption of the shipped set."""
Spread = tuple[float, float, float, str]
"""Low, base, high and the distribution's name."""


@dataclass(frozen=True)
class Group:
    """Inputs that are drawn together."""

    members: tuple[tuple[str, int], ...]
    """Name and Sobol dimension, by dimension."""
    correlations: tuple[tuple[float, ...], ...]
    """Of the underlying normals."""


@dataclass
class Inputs:
    """Assumptions and scenario numbers, as base values or as draws."""

    assumptions: Assumptions
    draws: int | None = None
    """A power of two (others are rounded up); None gives the point estimate."""
    seed: int = 0
    known: Sequence[str] = ()
    """Ids of the uncertain numbers that a point estimate met."""
    fixed: Mapping[str, Array] = field(default_factory=dict)
    """Values to use instead of what is known, by id, (draws,) each: one-at-a-time designs, grids, break-evens."""
    part: slice = field(default_factory=lambda: slice(None))
    """Only these of the draws: a long simulation goes through them in parts."""
    used: dict[str, Parameter] = field(default_factory=dict)
    uncertain: dict[str, Spread] = field(default_factory=dict)
    """Every input met that varies."""
    asked: dict[str, float] = field(default_factory=dict)
    """Every number of the scenario met, by the id under which it can be fixed, at its base value."""
    _arrays: dict[str, Array] = field(default_factory=dict)
    _numbers: dict[str, Array] = field(default_factory=dict)
    """Assumptions by id."""
    _made: dict[str, tuple[tuple[object, ...], object]] = field(default_factory=dict)
    """What was made of these inputs and other objects."""
    _whole: dict[str, Array] = field(default_factory=dict)
    """All draws of a long simulation, shared by its parts; short ones are kept between runs."""
    _dimensions: Mapping[str, int] | None = None
    _groups: Mapping[str, Group] | None = None

    @property
    def size(self) -> int:
        """Number of draws here; 1 for the point estimate."""
        if self.draws is None:
            return 1
        return len(range(*self.part.indices(2 ** sampling.power_of_two(self.draws))))

    def at(self, part: slice) -> Inputs:
        """The same inputs for some of the draws."""
        return Inputs(
            self.assumptions, self.draws, self.seed, self.known, self.fixed, part, _whole=self._whole,
            _dimensions=self._dimensions, _groups=self._groups,
        )  # fmt: skip

    def number(self, name: str) -> Array:
        """An assumption by its id."""
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = self.parameter(self.assumptions.parameter(name))
        return found

    def once(self, what: str, of: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` gives, made anew only where one of the objects `of` is another one than the last time."""
        kept = self._made.get(what)
        if kept is None or len(kept[0]) != len(of) or any(a is not b for a, b in zip(kept[0], of, strict=True)):
            kept = self._made[what] = of, make()
        return cast("T", kept[1])

    def release(self) -> None:
        """Drop what was made of these inputs: it refers to them, and would wait in memory for a collection of cycles.

        The draws of events go too: a long simulation has hundreds of such columns, and nobody asks for them again.
        """
        self._made.clear()
        if self.part == slice(None):
            for key in [key for key in self._whole if key.endswith(EVENT)]:
                del self._whole[key]

    def base_number(self, name: str) -> float:
        """The base value of an assumption that is the same in every draw: a calendar, a life in whole months."""
        parameter = self.assumptions.parameter(name)
        if parameter.same_as is not None:
            return self.base_number(parameter.same_as)
        self.used.setdefault(parameter.id, parameter)
        fixed = self.fixed.get(name)
        return parameter.number if fixed is None or np.ptp(fixed) > 0 else float(fixed[0])

    def cell(self, row: Row, column: str) -> Array:
        """A cell of a table."""
        return self.parameter(row.parameter(column))

    def parameter(self, parameter: Parameter) -> Array:
        """A parameter, remembered as used; one that is the same as another shares its draw."""
        if parameter.same_as is not None:
            return self.number(parameter.same_as)
        self.used.setdefault(parameter.id, parameter)
        value = parameter.number
        if not parameter.is_uncertain:
            return self.fixed.get(parameter.id, np.array([value]))
        assert parameter.low is not None and parameter.high is not None
        spread = (parameter.low, value, parameter.high, parameter.distribution)
        return np.clip(self._sample(parameter.id, spread), *bounds(parameter))  # a tail may reach beyond what can be

    def given(self, name: str, value: float | Range) -> Array:
        """A number of the scenario, taken as exact unless it has a range."""
        self.asked[name] = base(value)
        if isinstance(value, Range) and value.low < value.high:
            return self._sample(name, (value.low, value.base, value.high, "pert"))
        return self.fixed.get(name, np.array([base(value)]))

    def forecast(self, name: str, value: float | Range, ratio: Parameter) -> Array:
        """A number of the scenario; a bare one gets the forecast error `ratio` (low and high over base)."""
        if isinstance(value, Range) or value == 0 or not ratio.is_uncertain:
            return self.given(name, value)
        self.asked[name] = base(value)
        self.used.setdefault(ratio.id, ratio)
        assert ratio.low is not None and ratio.high is not None
        return self._sample(name, (value * ratio.low, float(value), value * ratio.high, ratio.distribution))

    def observed(self, name: str, values: Sequence[float], typical: float) -> Array:
        """One of the observed `values`, each as likely: price steps, lifetimes; `typical` in the point estimate."""
        if name not in self._arrays:
            low, middle, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
            self.uncertain[name] = (low, middle, high, "observed")
            if name in self.fixed:
                return self.fixed[name]
            u = None if self.draws is None else self.uniform(name)
            self._arrays[name] = np.array([typical]) if u is None else empirical_ppf(u, np.sort(np.asarray(values, float)))
        return self._arrays[name]

    def uniform(self, name: str) -> Array:
        """The draws of an input as probabilities, (draws,): for distributions of one's own. Only with `draws`."""
        assert self.draws is not None
        return _uniform(name, self._group(name), sampling.power_of_two(self.draws), self.seed)[self.part]

    def chance(self, name: str) -> Array:
        """The draws of an event as probabilities, (draws,): one stratum a draw, in random order. Only with `draws`.

        For lives, steps and other events of which a scenario has many: they take no Sobol dimension.
        """
        assert self.draws is not None
        if name in self.fixed:
            return self.fixed[name]
        return self._kept(f"{name}{EVENT}", _kept_strata, _strata, (name, sampling.power_of_two(self.draws), self.seed))

    def drawn(self, name: str) -> Array:
        """All draws of an uncertain input that was met."""
        return self._sample(name, self.uncertain[name])

    def _sample(self, name: str, spread: Spread) -> Array:
        self.uncertain[name] = spread
        if name in self.fixed:
            return self.fixed[name]
        if self.draws is None:
            return np.array([spread[1]])
        if name not in self._arrays:
            what = (name, self._group(name), sampling.power_of_two(self.draws), self.seed, spread)
            self._arrays[name] = self._kept(name, _kept_quantiles, _quantiles, what)
        return self._arrays[name]

    def _kept(self, key: str, kept: Callable[..., Array], make: Callable[..., Array], what: tuple[Any, ...]) -> Array:
        """This part of a column that is made once: kept between runs where it is short, else for this run."""
        assert self.draws is not None
        if sampling.power_of_two(self.draws) <= sampling.KEPT_POWER:
            return kept(*what)[self.part]
        if key not in self._whole:
            self._whole[key] = make(*what)
        return self._whole[key][self.part]

    def _dimension(self, name: str) -> int:
        if self._dimensions is None:
            self._dimensions = _dimensions(self.assumptions, tuple(sorted(self.known)))
        if name in self._dimensions:
            return self._dimensions[name]
        return SCENARIO_DIMENSIONS + len(self.assumptions.ranged_ids) + _slot(name)

    def _group(self, name: str) -> Group:
        """The input with those that it is correlated with, directly or through others, by dimension."""
        if self._groups is None:
            self._groups = _groups(self.assumptions, {n: self._dimension(n) for n in self.known})
        return self._groups.get(name) or Group(((name, self._dimension(name)),), ((1.0,),))


def _strata(name: str, power: int, seed: int) -> Array:
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    strata = (generator.permutation(2**power) + generator.random(2**power)) / 2**power
    return np.asarray(np.clip(strata, 1e-9, 1 - 1e-9))


@lru_cache(maxsize=64)
def _dimensions(assumptions: Assumptions, known: tuple[str, ...]) -> Mapping[str, int]:
    """A Sobol dimension for every input, the same whichever others are uncertain.

    First the scenario's workloads and switching, then every assumption that has a range, scalars before cells of
    tables, then the rest (options' own ranges, figures that only this scenario makes uncertain), each in a slot that
    follows from its name, the next free one where two names meet.
    """
    ranged = assumptions.ranged_ids
    own = [n for n in known if n not in ranged]
    first = [n for n in own if n.startswith(("workloads.", "switching."))][:SCENARIO_DIMENSIONS]
    numbers = {name: place for place, name in enumerate(first)}
    numbers.update({name: SCENARIO_DIMENSIONS + place for name, place in ranged.items()})
    last, taken = SCENARIO_DIMENSIONS + len(ranged), set()
    for name in own:
        if name not in numbers:
            slot = _slot(name)
            while slot in taken:
                slot = (slot + 1) % SLOTS
            taken.add(slot)
            numbers[name] = last + slot
    return numbers


def _slot(name: str) -> int:
    return zlib.crc32(name.encode()) % SLOTS


def _groups(assumptions: Assumptions, known: Mapping[str, int]) -> dict[str, Group]:
    """Inputs that move together, by the pairs declared in `assumptions/correlations.yaml`."""
    pairs: dict[tuple[str, str], float] = {}
    for row in assumptions.rows("correlations").values():
        first, second = row.text("first"), row.text("second")
        rho = float(sampling.gaussian_correlation(row.number("rank_correlation")))
        lefts, rights = ([n for n in known if fnmatchcase(n, p)] for p in (first, second))
        pairs.update({(a, b): rho for a in lefts for b in rights if a != b})
    linked: dict[str, set[str]] = {}
    for a, b in pairs:
        together = linked.get(a, {a}) | linked.get(b, {b})
        linked.update(dict.fromkeys(together, together))
    groups = {}
    for together in linked.values():
        names = sorted(together, key=lambda n: known[n])
        matrix = tuple(tuple(1.0 if a == b else pairs.get((a, b), pairs.get((b, a), 0.0)) for b in names) for a in names)
        groups.update(dict.fromkeys(names, Group(tuple((n, known[n]) for n in names), matrix)))
    return groups


def _uniform(name: str, group: Group, power: int, seed: int) -> Array:
    if len(group.members) == 1:
        return sampling.uniform_column(name, group.members[0][1], power, seed)
    make = _kept_joint if power <= sampling.KEPT_POWER else _joint
    return make(group, power, seed)[name]


def _joint(group: Group, power: int, seed: int) -> Mapping[str, Array]:
    columns = [sampling.uniform_column(name, dimension, power, seed) for name, dimension in group.members]
    together = sampling.correlate(columns, np.array(group.correlations))
    return {name: u for (name, _), u in zip(group.members, together, strict=True)}


def _quantiles(name: str, group: Group, power: int, seed: int, spread: Spread) -> Array:
    low, median, high, distribution = spread
    u = _uniform(name, group, power, seed)
    if distribution == "lognormal" and low > 0:
        return lognormal_ppf_p10_p90(u, low, median, high)
    return pert_ppf_p10_p90(u, low, median, high)


def quantile(spread: Spread, probability: float) -> float:
    """The value that an input with this spread stays below with that probability."""
    low, median, high, distribution = spread
    u = np.array([probability])
    if distribution == "observed":
        return float(np.interp(probability, [0.1, 0.5, 0.9], [low, median, high]))
    if distribution == "lognormal" and low > 0:
        return float(lognormal_ppf_p10_p90(u, low, median, high)[0])
    return float(pert_ppf_p10_p90(u, low, median, high)[0])


_kept_quantiles = lru_cache(maxsize=2048)(_quantiles)
_kept_strata = lru_cache(maxsize=512)(_strata)
_kept_joint = lru_cache(maxsize=64)(_joint)
