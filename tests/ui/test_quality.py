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


def test_a_floor_on_own_tasks_asks_for_evidence() -> None:
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.session_state["tab"] = "Quality and the race"
    app.run()
    next(b for b in app.button if "quality floor of every workload" in b.label).click().run()
    assert not app.exception
    assert all(w.quality_floor.benchmark == "own" for w in app.session_state["scenario"].workloads)
    rules = {g["rule"]: g for g in app.session_state["answer"]["options"][0]["gates"]}
    assert rules["PERF-01"]["outcome"] == "needs_evidence"
