"""The money part of the cost tab, through Streamlit's own test driver."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui
from calculator import charts
from calculator.evaluate import evaluate_scenario
from calculator.scenario import load_scenario
from calculator.ui.state import DEFAULT_EXAMPLE, examples
from calculator.ui.widgets import _decimals

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def opened() -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["tab"], page.session_state["fold.money"] = "Cost", True
    return page.run()


def years(page: AppTest) -> pd.DataFrame:
    frame: pd.DataFrame = next(d.value for d in page.dataframe if "fiscal year" in d.value.columns)
    return frame.set_index("fiscal year")


def test_every_option_has_its_measures() -> None:
    page = opened()
    assert not page.exception
    table = next(d.value for d in page.dataframe if "payback" in d.value.columns)
    assert len(table) == len(page.session_state["scenario"].options)
    assert {"first-year cash, USD", "peak commitment, USD", "IRR, % a year", "USD per M input"} <= set(table.columns)
    assert any("no success rate is given" in m.value for m in page.markdown)


def test_the_team_s_country_decides_the_wages() -> None:
    page = opened()
    assert any("wages of Germany" in c.value for c in page.caption)
    box = next(b for b in page.selectbox if b.label == "Country of the team, for wages")
    assert "Germany" in box.options and box.value is None
    page = box.select("the United States").run()
    assert not page.exception
    assert page.session_state["scenario"].organization.team_country == "US"
    assert any("wages of the United States" in c.value for c in page.caption)


def test_views_of_bought_servers_agree_over_all_years_and_say_why() -> None:
    page = opened()
    next(b for b in page.selectbox if b.label == "Option by fiscal year").select("owned-h200").run()
    cash = years(page)["cash, USD"]
    view = next(r for r in page.radio if r.label == "View")
    view.set_value("Profit and loss").run()
    accounts = years(page)
    assert not page.exception
    assert abs(accounts["profit and loss, USD"]["all years"] - cash["all years"]) <= 2
    assert (accounts["profit and loss, USD"].drop("all years") - cash.drop("all years")).abs().max() > 1000
    next(r for r in page.radio if r.label == "View").set_value("CapEx and OpEx").run()
    assert years(page)["CapEx, USD"]["all years"] > 0
    assert any("Why the lines of" in m.value for m in page.markdown)


def test_charts_say_what_giving_up_strands() -> None:
    result = evaluate_scenario(load_scenario(examples()[DEFAULT_EXAMPLE]), draws=16).as_dict()
    options = {o["id"]: o for o in result["options"]}
    assert "strands nothing" in charts.stranded_title(options["luna"])
    assert "at month" in charts.stranded_title(options["owned-h200"])
    assert "same in every year" in charts.by_year_title(options["luna"])
    for chart in (charts.stranded(options["owned-h200"], result["months"]), charts.by_year(options["owned-h200"])):
        assert "<svg" in charts.svg(chart)


@pytest.mark.parametrize(
    ("amounts", "decimals"), [([5696.712, 3.2], 0), ([0.00104, 0.02], 5), ([1.5, 12.25], 2), ([0.0], 0), ([-2e6], 0)]
)
def test_amounts_carry_sensible_digits(amounts: list[float], decimals: int) -> None:
    assert _decimals(pd.Series(amounts)) == decimals
