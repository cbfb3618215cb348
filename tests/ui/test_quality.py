"""The quality view through Streamlit's own test driver."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui

PAGE = Path(calculator.ui.__file__).with_name("page.py")


@pytest.fixture(scope="module")
def page() -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.session_state["tab"] = "Quality and the race"
    return app.run()


def test_the_view_is_drawn_with_a_score_for_every_option(page: AppTest) -> None:
    assert not page.exception
    scores = next(d.value for d in page.dataframe if "scored at effort" in d.value.columns)
    assert len(scores) == len(page.session_state["scenario"].options)
    assert any("another option costs no more" in c.value for c in page.caption)
