"""The cards' small pictures."""

import base64
import re
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as some

from calculator.ui.sparkline import HEIGHT, WIDTH, picture, sparkline

amounts = some.lists(some.floats(-1e12, 1e12), min_size=1, max_size=60)


def line(svg: str) -> list[tuple[float, float]]:
    points = ET.fromstring(svg)[1].attrib["points"]
    return [(float(x), float(y)) for x, y in (point.split(",") for point in points.split())]


@given(amounts)
def test_every_month_is_within_the_picture_and_higher_where_it_costs_more(usd: list[float]) -> None:
    found = line(sparkline(usd, "#0072B2"))
    assert len(found) == len(usd)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in found)
    for (_, y), amount in zip(found, usd, strict=True):
        assert all(y <= other + 0.1 for (_, other), less in zip(found, usd, strict=True) if less <= amount)


def test_twice_the_cost_is_twice_as_high() -> None:
    (_, low), (_, high) = line(sparkline([10.0, 20.0], "#0072B2"))
    assert HEIGHT - 1 - high == 2 * (HEIGHT - 1 - low)


def test_the_picture_needs_no_further_request_and_has_its_words() -> None:
    html = picture(sparkline([1.0, 2.0], "#0072B2"), "Cost by month, $1.00 to $2.00")
    assert 'alt="Cost by month, $1.00 to $2.00"' in html
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert data and base64.b64decode(data[1]).startswith(b"<svg")
