"""Why a figure moved from one scenario to another, step by step.

Convention: the steps are taken one after the other, each evaluated by the whole calculation, once from the first
scenario to the second in the listed order and once in the reverse order; a step counts with the mean of its two effects,
so that what two steps do together is shared between them and no order is preferred. Either order adds up to the whole
difference, and so does their mean. With two steps this is the Shapley value (L. S. Shapley, "A Value for n-Person
Games", 1953); with more it takes 2 (n - 1) evaluations instead of 2^n.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from calculator.attribution.differences import GROUPS, Difference, mixed
from calculator.attribution.words import label_of
from calculator.errors import InputError
from calculator.scenario import Scenario

FEW = 6
"""Up to so many differences are steps of their own; more are taken by group."""


@dataclass(frozen=True)
class Step:
    """Differences that are replaced together."""

    label: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Valuation:
    """What the whole calculation says of one scenario."""

    leader: str | None
    """The option ahead; None where nothing passes every gate."""
    decided: bool
    """Whether the leader wins; False where it is too close to call."""
    expected_usd: Mapping[str, float]
    """Expected present value of cost by option."""

    @property
    def choice_usd(self) -> float | None:
        """Of the option ahead."""
        return None if self.leader is None else self.expected_usd[self.leader]


@dataclass(frozen=True)
class Waterfall:
    """Valuations on the way from the first scenario to the second."""

    steps: tuple[Step, ...]
    forward: tuple[Valuation, ...]
    """After 0, 1, … n steps in the listed order."""
    backward: tuple[Valuation, ...]
    """With all but the first 0, 1, … n steps taken."""

    def effects_usd(self, option: str | None) -> tuple[tuple[float, float], ...] | None:
        """What each step moves the cost of an option by, or of the option ahead, in either order.

        USD of expected present value; None where it is not there all the way.
        """
        ahead, back = ([_usd(v, option) for v in path] for path in (self.forward, self.backward))
        if any(usd is None for usd in (*ahead, *back)):
            return None
        on, off = ([usd for usd in path if usd is not None] for path in (ahead, back))
        return tuple((on[i + 1] - on[i], off[i] - off[i + 1]) for i in range(len(self.steps)))


def _usd(valuation: Valuation, option: str | None) -> float | None:
    return valuation.choice_usd if option is None else valuation.expected_usd.get(option)


def steps_of(differences: Sequence[Difference]) -> tuple[Step, ...]:
    """Each difference by itself where there are few, else by group; what money is shown in moves none."""
    differences = [d for d in differences if d.path != ("currency",)]
    if len(differences) <= FEW:
        return tuple(Step(label_of(d), (d,)) for d in differences)
    groups = {name: tuple(d for d in differences if d.group == name) for name in GROUPS}
    return tuple(Step(GROUPS[name], found) for name, found in groups.items() if found)


def waterfall(a: Scenario, b: Scenario, steps: Sequence[Step], value: Callable[[Scenario], Valuation]) -> Waterfall:
    """The way from `a` to `b`; steps that do not go together without each other are taken together.

    Raises InputError where `a` or `b` itself cannot be evaluated.
    """
    first, last = value(a), value(b)
    while True:
        taken = list(steps)
        ahead: list[Valuation] = [first]
        back: list[Valuation] = [last]
        try:
            for place in range(1, len(taken)):
                ahead.append(value(mixed(a, b, _all(taken[:place]))))
                back.append(value(mixed(a, b, _all(taken[place:]))))
        except InputError:
            steps = [*taken[: place - 1], _together(taken[place - 1], taken[place]), *taken[place + 1 :]]
            continue
        return Waterfall(tuple(taken), (*ahead, last), (*back, first)) if taken else Waterfall((), (first,), (last,))


def _all(steps: Sequence[Step]) -> list[Difference]:
    return [difference for step in steps for difference in step.differences]


def _together(one: Step, other: Step) -> Step:
    return Step(f"{one.label}; {other.label}", (*one.differences, *other.differences))
