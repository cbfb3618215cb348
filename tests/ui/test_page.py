"""The page through Streamlit's own test driver."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def opened() -> AppTest:
    return AppTest.from_file(str(PAGE), default_timeout=60).run()


def test_opens_answered() -> None:
    page = opened()
    assert not page.exception
    assert page.title[0].value == "Support assistant"
    assert len(page.metric) >= 5
    assert page.success or page.warning


def test_an_input_changes_the_answer() -> None:
    page = opened()
    before = [m.value for m in page.metric]
    page.number_input[0].set_value(60_000_000.0).run()
    assert not page.exception
    assert [m.value for m in page.metric] != before


@pytest.mark.parametrize("value", [-5.0, 1e18, 0.0])
def test_nonsense_keeps_the_last_answer(value: float) -> None:
    page = opened()
    before = [m.value for m in page.metric]
    page.number_input[0].set_value(value).run()
    assert not page.exception
    assert any("requests_per_month" in t.value for t in page.text)
    assert [m.value for m in page.metric] == before


def test_every_example_opens() -> None:
    page = opened()
    for name in page.selectbox[0].options:
        page.selectbox[0].select(name).run()
        assert not page.exception, name
        assert page.title
