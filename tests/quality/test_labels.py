"""Names of points in the quality–cost picture: none covers another, none leaves the picture."""

from itertools import combinations
from math import log

import hypothesis.strategies as st
from hypothesis import given, settings

from calculator import charts
from calculator.charts.labelling import PLACES, _box, label_places
from calculator.evaluate import evaluate_scenario
from calculator.scenario import load_scenario
from tests.test_cli import DEFAULT

WIDTH, HEIGHT = 230.0, 110.0


def test_the_names_of_the_default_scenario_do_not_collide() -> None:
    spec, records = charts.quality_cost(evaluate_scenario(load_scenario(DEFAULT), 16).as_dict())
    costs, scores = spec["encoding"]["x"]["scale"]["domain"], spec["encoding"]["y"]["scale"]["domain"]
    boxes = []
    for r in records:
        assert bool(r["place"]) == r["on_frontier"]
        if r["place"]:
            x = log(r["usd_per_million_tokens"] / costs[0]) / log(costs[1] / costs[0])
            y = (r["score"] - scores[0]) / (scores[1] - scores[0])
            boxes.append(_box(r["label"], x * WIDTH, (1 - y) * HEIGHT, r["place"]))
    assert len(boxes) >= 2
    assert all(a.overlap(b) == 0 for a, b in combinations(boxes, 2))
    assert all(b.left >= -1 and b.right <= WIDTH + 1 for b in boxes)
    drawn = [layer["transform"][0]["filter"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    assert {f"datum.place == '{r['place']}'" for r in records if r["place"]} == set(drawn)


_near = st.floats(0.1, 0.9)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.tuples(_near, _near), min_size=2, max_size=2))
def test_two_short_names_never_cover_each_other(places: list[tuple[float, float]]) -> None:
    labelled = [(f"name-{i}", x, y) for i, (x, y) in enumerate(places)]
    found = label_places(labelled, places, WIDTH, HEIGHT)
    assert set(found) <= set(PLACES)
    first, second = (_box(n, x * WIDTH, (1 - y) * HEIGHT, p) for (n, x, y), p in zip(labelled, found, strict=True))
    assert first.overlap(second) == 0


def test_a_picture_without_points_has_no_names() -> None:
    assert label_places([], [], WIDTH, HEIGHT) == []
