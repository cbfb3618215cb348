"""The page's parts on uncertainty and priorities, through Streamlit's own test driver."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

import calculator.ui

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def at_tab(name: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["tab"] = name
    return page.run()


def test_what_matters_and_what_to_find_out_are_said() -> None:
    page = at_tab("How sure, what matters")
    assert not page.exception
    assert {"How sure", "What matters", "What to find out"} <= {s.value for s in page.subheader}
    assert any("worth" in m.value for m in page.markdown)


def test_priorities_change_the_choice() -> None:
    page = at_tab("Priorities")
    assert not page.exception
    before = page.success[0].value
    next(n for n in page.number_input if "worth" in n.label).set_value(5_000_000.0)
    next(b for b in page.button if b.label == "Use these priorities").click()
    page.run()
    assert not page.exception
    now = page.session_state["scenario"].priorities
    assert (now.control_and_audit.base, now.control_and_audit.high) == (5e6, 1e7)
    assert page.success[0].value != before
    assert "priorities" in page.success[0].value
