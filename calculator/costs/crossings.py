"""Where two cost curves cross, on curves that may jump: a staircase of whole replicas against a line.

Both costs grow with volume, or fall by next to nothing. So between two volumes a < b that both find the first curve
dearer, it can only dip below the second if first(a) < second(b), within that allowance; where this does not hold
there is no crossing. The search splits every interval that is not cleared in this way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CROSSING_WIDTH = 1e-5
"""A crossing is enclosed to this relative width; within it, straight curves are interpolated."""
HIDDEN_WIDTH = 3e-3
"""Dips and bumps narrower than this share of the volume are not looked for."""
TIE = 1e-9
"""Costs closer than this share are equal: a mix without a base is its other leg."""
ALLOWANCE = 0.005
"""By which share a cost may fall as volume grows: a further replica that idles draws less power than one that is busy."""
SAME_VOLUME = 0.005
"""Crossings closer than this share of the volume are one: prices and volumes are given to two or three digits."""
SAME_COST = 0.001
"""Nor is one told from the next where costs differ by less than this share all the way between them."""
PARTS = 8
"""Into which an interval is split."""
ROUNDS = 10


@dataclass(frozen=True)
class Crossing:
    """One point at which the cheaper of two curves changes."""

    at: float
    """Volume; the later side where the first curve jumps."""
    below: float
    """Nearest volume tried on the lower side."""
    above: float
    """Nearest volume tried on the upper side."""
    first_below: float
    second_below: float
    first_above: float
    second_above: float
    merged: int = 1
    """Changes of order that are not told apart from this one, itself included."""

    @property
    def first_becomes_cheaper(self) -> bool:
        """Whether the first curve is the cheaper one from here on (else up to here)."""
        return bool(is_cheaper(np.array(self.first_above), np.array(self.second_above)))

    @property
    def is_step(self) -> bool:
        """Whether a curve jumps here (one more replica), rather than meets the other smoothly."""
        before, after = self.first_below - self.second_below, self.first_above - self.second_above
        return abs(after - before) > JUMP * max(self.first_above, self.second_above)


JUMP = 1e-4


def is_cheaper(first: Array, second: Array) -> NDArray[np.bool_]:
    """Where the first cost is below the second, by more than rounding."""
    return np.asarray(first < second * (1 - TIE))


class Curves:
    """Cost curves on a growing set of volumes, each evaluated once a volume."""

    def __init__(self, evaluate: Callable[[str, Array], Array], grid: Array) -> None:
        self._evaluate = evaluate
        self._grid = grid
        self._known: dict[str, tuple[Array, Array]] = {}

    def learn(self, name: str, volumes: Array, costs: Array) -> None:
        """Take the costs of one curve at ascending volumes as known."""
        self._known[name] = (volumes, costs)

    def at(self, name: str, volumes: Array) -> Array:
        """Costs of one curve at `volumes`, (n,); volumes not tried before are evaluated in one call."""
        x, y = self._known.get(name, (np.empty(0), np.empty(0)))
        new = np.setdiff1d(volumes, x)
        if new.size:
            x, y = np.concatenate([x, new]), np.concatenate([y, self._evaluate(name, new)])
            order = np.argsort(x)
            x, y = x[order], y[order]
            self._known[name] = (x, y)
        return np.asarray(y[np.searchsorted(x, volumes)])

    def told_apart(self, pair: tuple[str, str], crossings: Sequence[Crossing]) -> list[Crossing]:
        """Those of a pair's crossings that are told apart, by all volumes that were tried for both."""
        (x, first), (other_x, second) = (self._known[name] for name in pair)
        volumes, mine, theirs = np.intersect1d(x, other_x, return_indices=True)
        return told_apart(crossings, volumes, first[mine], second[theirs])

    def crossings(
        self, pairs: Sequence[tuple[str, str]], tell: Callable[[str], object] | None = None
    ) -> dict[tuple[str, str], list[Crossing]]:
        """All crossings of each pair of curves within the grid; volumes are refined for all pairs at once.

        `tell` hears the name of the curve that is evaluated next, and may raise to stop.
        """
        volumes = dict.fromkeys(pairs, self._grid)
        for name in dict.fromkeys(n for pair in pairs for n in pair):
            self.at(name, self._grid)
        for _ in range(ROUNDS):
            wanted: dict[str, list[Array]] = {}
            for pair, x in volumes.items():
                finer = _split(x, self.at(pair[0], x), self.at(pair[1], x))
                if finer.size:
                    volumes[pair] = np.union1d(x, finer)
                    for name in pair:
                        wanted.setdefault(name, []).append(finer)
            if not wanted:
                break
            for name, parts in wanted.items():
                if tell is not None:
                    tell(name)
                self.at(name, np.unique(np.concatenate(parts)))
        return {pair: _crossings(x, self.at(pair[0], x), self.at(pair[1], x)) for pair, x in volumes.items()}


def told_apart(crossings: Sequence[Crossing], volumes: Array, first: Array, second: Array) -> list[Crossing]:
    """The crossings that figures of this accuracy tell apart, from `first` and `second` cost at ascending `volumes`.

    Neighbours within SAME_VOLUME, or between which costs differ by less than SAME_COST throughout, are merged: an odd
    number is one crossing in their middle, an even number none, for the order is the same on both sides.
    """
    if not crossings:
        return []
    gap = np.abs(first / second - 1)
    groups: list[list[Crossing]] = [[crossings[0]]]
    for one in crossings[1:]:
        last = groups[-1][-1]
        between = gap[(volumes >= last.above) & (volumes <= one.below)]
        near = one.at <= last.at * (1 + SAME_VOLUME) or (between < SAME_COST).all()
        groups[-1:] = [[*groups[-1], one]] if near else [groups[-1], [one]]
    return [_merged(group) for group in groups if len(group) % 2]


def _merged(group: Sequence[Crossing]) -> Crossing:
    start, end = group[0], group[-1]
    if start is end:
        return start
    sides = {"below": start.below, "first_below": start.first_below, "second_below": start.second_below}
    return replace(end, at=(start.at + end.at) / 2, merged=len(group), **sides)


def _split(x: Array, first: Array, second: Array) -> Array:
    """Volumes to try next."""
    cheaper = is_cheaper(first, second)
    tie = np.abs(first - second) <= TIE * second
    crossing = cheaper[:-1] != cheaper[1:]
    dip = ~cheaper[:-1] & ~cheaper[1:] & (first[:-1] * (1 - ALLOWANCE) < second[1:])
    bump = cheaper[:-1] & cheaper[1:] & (first[1:] > second[:-1] * (1 - ALLOWANCE))
    width = x[1:] / x[:-1] - 1
    hidden = (dip | bump) & ~(tie[:-1] & tie[1:])
    unsettled = (crossing & (width > CROSSING_WIDTH)) | (hidden & (width > HIDDEN_WIDTH))
    inner = np.arange(1, PARTS) / PARTS
    return np.asarray((x[:-1, None] * (x[1:] / x[:-1])[:, None] ** inner)[unsettled].ravel())


def _crossings(x: Array, first: Array, second: Array) -> list[Crossing]:
    cheaper = is_cheaper(first, second)
    found = []
    for i in np.flatnonzero(cheaper[:-1] != cheaper[1:]):
        a, b = float(x[i]), float(x[i + 1])
        gap_a, gap_b = first[i] - second[i], first[i + 1] - second[i + 1]
        one = Crossing(b, a, b, float(first[i]), float(second[i]), float(first[i + 1]), float(second[i + 1]))
        at = b if one.is_step or gap_a == gap_b else a + (b - a) * float(np.clip(gap_a / (gap_a - gap_b), 0, 1))
        found.append(Crossing(at, a, b, one.first_below, one.second_below, one.first_above, one.second_above))
    return found
