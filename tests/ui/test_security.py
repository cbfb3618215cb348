"""The security view: losses, customization, responsibility, and a checklist that follows route and owner."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui

PAGE = Path(calculator.ui.__file__).with_name("page.py")


@pytest.fixture(scope="module")
def page() -> AppTest:
    test = AppTest.from_file(str(PAGE), default_timeout=60)
    test.session_state["tab"] = "Security and controls"
    return test.run()


def test_the_view_is_drawn(page: AppTest) -> None:
    assert not page.exception
    heads = [h.value for h in page.subheader]
    assert {"Security losses", "Who is responsible for what", "Controls to ask for"} <= set(heads)
    assert any("which share" in w.value for w in page.warning)


def test_the_checklist_follows_the_route(page: AppTest) -> None:
    def controls() -> list[str]:
        return list(next(t.value["control"] for t in page.dataframe if "control" in t.value.columns))

    route = next(r for r in page.radio if r.label == "Route")
    by_token = (route.set_value("api").run(), controls())[1]
    own = (next(r for r in page.radio if r.label == "Route").set_value("owned").run(), controls())[1]
    assert not page.exception
    assert set(by_token) < set(own)
