"""Where the names of points go so that they neither cover each other nor leave the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PLACES: dict[str, dict[str, Any]] = {
    "right": {"align": "left", "baseline": "middle", "dx": 8},
    "left": {"align": "right", "baseline": "middle", "dx": -8},
    "above": {"align": "center", "baseline": "bottom", "dy": -7},
    "below": {"align": "center", "baseline": "top", "dy": 7},
    "above right": {"align": "left", "baseline": "bottom", "dx": 5, "dy": -5},
    "above left": {"align": "right", "baseline": "bottom", "dx": -5, "dy": -5},
    "below right": {"align": "left", "baseline": "top", "dx": 5, "dy": 5},
    "below left": {"align": "right", "baseline": "top", "dx": -5, "dy": 5},
}
"""Text marks by where they stand beside their point."""
CHARACTER, LINE, POINT = 6.3, 13.0, 9.0
"""Width of a character, height of a line, size of a point; px at 11 px of text."""
EDGE_COST, POINT_COST = 10.0, 3.0
"""What it counts to leave the picture, to cover a point; to cover a name is worse than both."""


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: _Box) -> float:
        """Shared area, square pixels."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)


def label_places(
    labelled: Sequence[tuple[str, float, float]], points: Sequence[tuple[float, float]], width: float, height: float
) -> list[str]:
    """A key of `PLACES` for each (name, x, y), in order; x and y are 0 … 1 of the picture, y upwards.

    Greedy: each name takes the place that covers least of the names before it, then of the edge and of all points.
    `width` and `height` are those of the smallest picture, px: what fits there fits a larger one.
    """
    taken: list[_Box] = []
    chosen = []
    marks = [_around(x * width, (1 - y) * height) for x, y in points]
    for name, x, y in labelled:
        boxes = {place: _box(name, x * width, (1 - y) * height, place) for place in PLACES}
        place = min(boxes, key=lambda p: _cost(boxes[p], taken, marks, width, height))
        chosen.append(place)
        taken.append(boxes[place])
    return chosen


def _cost(box: _Box, taken: Sequence[_Box], marks: Sequence[_Box], width: float, height: float) -> tuple[float, float]:
    area = (box.right - box.left) * (box.bottom - box.top)
    outside = area - box.overlap(_Box(0, -LINE, width, height))
    return sum(box.overlap(t) for t in taken), EDGE_COST * outside + POINT_COST * sum(box.overlap(m) for m in marks)


def _around(x: float, y: float) -> _Box:
    return _Box(x - POINT / 2, y - POINT / 2, x + POINT / 2, y + POINT / 2)


def _box(name: str, x: float, y: float, place: str) -> _Box:
    mark, wide = PLACES[place], CHARACTER * len(name)
    left = x + mark.get("dx", 0) - {"left": 0.0, "center": wide / 2, "right": wide}[mark["align"]]
    top = y + mark.get("dy", 0) - {"top": 0.0, "middle": LINE / 2, "bottom": LINE}[mark["baseline"]]
    return _Box(left, top, left + wide, top + LINE)
