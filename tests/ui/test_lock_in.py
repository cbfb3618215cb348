"""The lock-in view through Streamlit's own test driver."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui

PAGE = Path(calculator.ui.__file__).with_name("page.py")


@pytest.fixture(scope="module")
def page() -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.session_state["tab"] = "Lock-in"
    return app.run()


def test_every_option_has_its_lock_in(page: AppTest) -> None:
    assert not page.exception
    table = next(d.value for d in page.dataframe if "forced moves a year" in d.value.columns)
    assert len(table) == len(page.session_state["scenario"].options)
    assert (table["P10, USD"] <= table["P90, USD"]).all()
    assert any("never added again" in m.value for m in page.markdown)


def test_own_weights_have_no_curve_and_the_law_is_said_once(page: AppTest) -> None:
    box = next(b for b in page.selectbox if b.key == "lock_in.option")
    own = next(o.id for o in page.session_state["scenario"].options if o.route == "owned")
    box.set_value(own).run()
    assert not page.exception
    assert any("nobody can withdraw" in i.value for i in page.info)
    assert sum("Not legal advice" in c.value for c in page.caption) == 1
