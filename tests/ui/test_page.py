"""The page through Streamlit's own test driver."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui
from calculator.ui import state

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def opened() -> AppTest:
    return AppTest.from_file(str(PAGE), default_timeout=60).run()


def requests(page: AppTest) -> Any:
    return next(field for field in page.number_input if field.label == "Requests a month")


def test_opens_answered() -> None:
    page = opened()
    assert not page.exception
    assert page.title[0].value == "Support assistant"
    assert len(page.metric) >= 5
    assert page.success or page.warning


def test_figures_at_base_values_stand_while_the_rest_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = opened()
    monkeypatch.setattr(state, "kept_result", lambda scenario: None)
    monkeypatch.setattr(state, "answer", lambda tell: tell(2048, 4096))
    pending = opened()
    assert not pending.exception
    assert sorted(m.value for m in pending.metric) == sorted(m.value for m in answered.metric)
    assert all("pending" in c.value for c in pending.caption if "present value" in c.value)
    assert not pending.success and not pending.warning


def test_an_input_changes_the_answer() -> None:
    page = opened()
    before = [m.value for m in page.metric]
    requests(page).set_value(60_000_000.0).run()
    assert not page.exception
    assert [m.value for m in page.metric] != before


@pytest.mark.parametrize("value", [-5.0, 1e18, 0.0])
def test_nonsense_keeps_the_last_answer(value: float) -> None:
    page = opened()
    before = [m.value for m in page.metric]
    requests(page).set_value(value).run()
    assert not page.exception
    assert any("requests_per_month" in t.value for t in page.text)
    assert [m.value for m in page.metric] == before


def test_every_example_opens() -> None:
    page = opened()
    for name in next(box for box in page.selectbox if box.label == "Example").options:
        next(box for box in page.selectbox if box.label == "Example").select(name).run()
        assert not page.exception, name
        assert page.title


def test_five_inputs_give_a_first_answer() -> None:
    page = opened()
    next(b for b in page.button if b.label == "Show a first answer").click().run()
    assert not page.exception
    assert page.title[0].value == "Support assistant"
    assert not page.error


def test_an_option_is_added_and_removed() -> None:
    page = opened()
    before = len(page.metric)
    next(b for b in page.button if b.label == "Add").click().run()
    assert not page.exception
    assert len(page.metric) == before + 1
    next(b for b in page.button if b.label == "Remove").click().run()
    assert len(page.metric) == before
