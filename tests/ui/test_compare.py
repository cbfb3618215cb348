"""The tab that compares two scenarios, through Streamlit's own test driver."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui
from calculator.attribution import attribution
from calculator.charts import attribution_alt, attribution_title, attribution_waterfall
from calculator.evaluate import evaluate_scenario
from calculator.scenario import Scenario, scenario_data, scenario_from
from calculator.sharing import link, link_parameter, presets
from calculator.ui import compare

PAGE = Path(calculator.ui.__file__).with_name("page.py")
DRAWS = 64


def small(**changes: Any) -> Scenario:
    data = scenario_data(presets()["support-assistant"])
    kept = ("luna", "flash-lite", "owned-h200")
    data["options"] = [o for o in data["options"] if o["id"] in kept]
    data["evidence"] = [e for e in data["evidence"] if e.get("option") in (None, *kept)]
    return scenario_from({**data, **changes})


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Opened on the tab, on a small scenario, with few draws."""
    sides, why = compare.side_by_side, compare.attribution
    monkeypatch.setattr(compare, "side_by_side", lambda a, b, tell: sides(a, b, DRAWS, tell))
    monkeypatch.setattr(compare, "attribution", lambda a, b, tell: why(a, b, DRAWS, tell))
    found = AppTest.from_file(str(PAGE), default_timeout=60)
    found.query_params["s"] = link_parameter(small())
    found.session_state["tab"], found.session_state["fold.money"] = "Compare", True
    return found.run()


def said(page: AppTest) -> str:
    return "\n".join(m.value for m in page.markdown).replace("\\", "")


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label == label)


def test_keep_change_and_see_why(page: AppTest) -> None:
    button(page, "Keep the scenario as it is now").click().run()
    assert "Nothing that moves a figure." in said(page)
    next(f for f in page.number_input if f.label == "Discount rate a year (0.08 = 8 %)").set_value(0.12).run()
    assert not page.exception and not page.error
    text = said(page)
    assert text.count("A · Support assistant") == text.count("B · Support assistant") == 1
    assert "1 discount rate a year: −" in text and "then flash-lite is ahead" in text
    assert [h.value for h in page.subheader][-3:] == ["What differs", "Options side by side", "Why the answer moved"]
    button(page, "Swap A and B").click().run()
    assert "1 discount rate a year: +" in said(page)
    assert next(f for f in page.number_input if f.label == "Discount rate a year (0.08 = 8 %)").value == 0.08
    button(page, "Stop comparing").click().run()
    assert "Why the answer moved" not in [h.value for h in page.subheader]


def test_a_pasted_link_is_compared_with_and_a_refresh_keeps_it(page: AppTest) -> None:
    other = small(discount_rate=0.05, title="Cheaper <b>money</b>")
    box = next(t for t in page.text_input if t.label == "A link")
    box.set_value("http://localhost:8501/?s=9.abc").run()
    assert [e.value for e in page.error if "version" in e.value]
    box = next(t for t in page.text_input if t.label == "A link")
    box.set_value(link(other, "http://localhost:8501/")).run()
    assert not page.exception and not page.error
    assert "A · Cheaper \\<b\\>money\\<\\/b\\>" in "\n".join(m.value for m in page.markdown)
    refreshed = AppTest.from_file(str(PAGE), default_timeout=60)
    refreshed.query_params.update(dict(page.query_params))
    refreshed.session_state["tab"] = "Compare"
    assert "A · Cheaper" in said(refreshed.run())


def test_the_chart_says_what_moved_the_cost() -> None:
    a, b = small(), small(discount_rate=0.12, horizon_months=48)
    found = attribution(a, b, DRAWS)
    spec, records = attribution_waterfall(found)
    costs = [evaluate_scenario(s, DRAWS).option("flash-lite").npv_draws_usd.mean() for s in (a, b)]
    assert records[0]["usd_to"] == pytest.approx(costs[0]) and records[-1]["usd_to"] == pytest.approx(costs[1])
    assert records[-2]["usd_to"] == pytest.approx(costs[1]), "the last step ends where B stands"
    assert all(after["usd_from"] == before["usd_to"] for before, after in pairwise(records[:-1]))
    assert len({r["row"] for r in records}) == len(records) == 4
    assert "horizon" in attribution_title(found) and " ".join(spec["title"]) == attribution_title(found)
    assert "discount rate a year −" in attribution_alt(found, "luna")
