"""The sizing tab as a user drives it."""

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import calculator.ui
from calculator.charts import memory_bar, svg, throughput_latency
from calculator.evaluate import evaluate_scenario
from calculator.scenario import load_scenario, scenario_data, scenario_from
from calculator.ui.state import DEFAULT_EXAMPLE, examples

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def opened(**session: Any) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.session_state["tab"] = "Sizing"
    for key, value in session.items():
        page.session_state[key] = value
    return page.run()


def test_shows_each_option_and_cheaper_layouts() -> None:
    page = opened()
    assert not page.exception
    picker = next(b for b in page.selectbox if b.label == "Fleet in full")
    for name in picker.options:
        next(b for b in page.selectbox if b.label == "Fleet in full").select(name).run()
        assert not page.exception, name
        assert len(page.dataframe) >= 2  # the fleets, and the cheapest layouts
        assert any("First token" in c.value or "first token" in c.value for c in page.caption)


def test_own_points_show_before_and_after() -> None:
    scenario = load_scenario(examples()[DEFAULT_EXAMPLE])
    data = json.loads(json.dumps(scenario_data(scenario)))
    place = next(i for i, o in enumerate(data["options"]) if o["route"] == "rented")
    data["options"][place]["benchmarks"] = [
        {"concurrency": c, "output_tokens_per_second": s} for c, s in ((4, 120.0), (16, 420.0), (48, 900.0))
    ]
    measured = scenario_from(data)
    page = opened(scenario=measured, linked=measured)
    assert not page.exception
    name = data["options"][place]["id"]
    next(b for b in page.selectbox if b.label == "Fleet in full").select(name).run()
    assert not page.exception
    assert any("3 points rescale" in m.value.replace("\\", "") for m in page.markdown)


def test_charts_hold_the_replica() -> None:
    result = evaluate_scenario(load_scenario(examples()[DEFAULT_EXAMPLE]), draws=16).as_dict()
    option = next(o for o in result["options"] if o["sizing"])
    sizing = option["sizing"]
    spec, records = memory_bar(option)
    assert abs(records[-1]["end"] - sizing["memory_gib"]) < 1e-6
    drawn = svg((spec, records))
    assert "weights" in drawn
    _, curve = throughput_latency(option)
    here = next(r for r in curve if r["mark"] == "point")
    assert here["tokens"] == sizing["tokens_per_second_per_replica"]
    assert any(r["mark"] == "limit" for r in curve)
    assert "ms allowed" in svg(throughput_latency(option))
