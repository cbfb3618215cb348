"""The footprint view through Streamlit's own test driver."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def test_every_option_has_figures_and_a_price_enters_the_money() -> None:
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.session_state["tab"] = "Footprint"
    app.run()
    assert not app.exception
    figures = next(d.value for d in app.dataframe if "rests on" in d.value.columns)
    assert len(figures) == len(app.session_state["scenario"].options)
    assert (figures["CO2e, kg"] > 0).all()
    next(n for n in app.number_input if "Price of carbon" in n.label).set_value(100.0).run()
    assert not app.exception
    assert all(o["cost_lines_usd"]["carbon"] > 0 for o in app.session_state["answer"]["options"])


def test_figures_are_for_the_horizon_a_month_or_a_million_tokens() -> None:
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.session_state["tab"] = "Footprint"
    app.run()
    answer = app.session_state["answer"]
    option = next(o for o in answer["options"] if o["id"] == "owned-h200")
    divisors = {
        "over the horizon": 1.0,
        "a month, on average": len(answer["months"]),
        "per million tokens": sum(answer["tokens_by_month"]) / 1e6,
    }
    for basis, divisor in divisors.items():
        app.session_state["footprint.basis"] = basis
        app.run()
        assert not app.exception
        figures = next(d.value for d in app.dataframe if "rests on" in d.value.columns).set_index("option")
        assert figures.loc["owned-h200", "CO2e, kg"] == pytest.approx(option["co2e_kg"]["base"] / divisor, rel=0.005)
