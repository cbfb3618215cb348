"""The page through Streamlit's own test driver."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import calculator.ui
from calculator.scenario import scenario_data, scenario_from
from calculator.sharing import presets
from calculator.ui import login, state

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def opened(*folds: str) -> AppTest:
    """The page with these folds open; what is folded away is not built."""
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for fold in folds:
        page.session_state[fold] = True
    return page.run()


def requests(page: AppTest) -> Any:
    return next(field for field in page.number_input if field.label == "Requests a month")


def test_opens_answered() -> None:
    page = opened()
    assert not page.exception
    assert page.title[0].value == "Support assistant"
    assert len(page.metric) >= 5
    assert page.success or page.warning


def test_figures_at_base_values_stand_while_the_rest_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = opened("more")
    monkeypatch.setattr(state, "kept_result", lambda scenario: None)
    monkeypatch.setattr(state, "answer", lambda tell: tell(2048, 4096))
    pending = opened("more")
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


def field(page: AppTest, label: str) -> Any:
    return next(f for f in page.number_input if f.label == label)


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label == label)


@pytest.mark.parametrize("value", [-5.0, 1e40, 0.0])
def test_nonsense_is_told_once_and_keeps_the_last_answer(value: float) -> None:
    page = opened()
    before = [m.value for m in page.metric]
    requests(page).set_value(value).run()
    assert not page.exception
    said = [e.value for e in page.error]
    assert len(said) == 1 and said[0].startswith("Not used")
    assert "e+" not in said[0]
    assert [m.value for m in page.metric] == before


def test_a_refused_figure_is_told_until_it_is_mended() -> None:
    page = opened()
    requests(page).set_value(1e18).run()
    field(page, "Growth a year (0.4 = 40 %)").set_value(0.5).run()
    assert len(page.error) == 1, "the field still shows what is not used"
    requests(page).set_value(2e6).run()
    assert not page.error


OPERATIONS = "staffing.self_host_operations_fte"


def test_an_own_figure_is_set_marked_and_reset() -> None:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["tab"] = "Assumptions"
    page.run()
    before = [m.value for m in page.metric]
    next(t for t in page.text_input if t.label == "Search").set_value("ENGINEERS first fleet").run()
    next(s for s in page.selectbox if s.label == "Set your own figure for").select(OPERATIONS).run()
    field(page, "Value, FTE").set_value(3.0)
    button(page, "Use these figures").click().run()
    assert not page.exception and not page.error
    assert [m.value for m in page.metric] != before
    assert any("1 assumption overridden" in i.value for i in page.info)
    cards = [c.value for c in page.caption if "per million tokens" in c.value]
    assert 0 < len([c for c in cards if "own figure" in c]) < len(cards), (
        "options that the figure does not touch are not marked"
    )
    page.session_state["tab"] = "Sizing"
    page.run()
    assert not any("Your own figures act here" in c.value for c in page.caption)
    page.session_state["tab"] = "Cost"
    page.run()
    assert any("Your own figures act here" in c.value for c in page.caption)
    page.session_state["tab"] = "Assumptions"
    page.run()
    button(page, "Reset all").click().run()
    assert [m.value for m in page.metric] == before
    assert not page.info


def test_a_nonsense_own_figure_is_refused_beside_its_field() -> None:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["tab"] = "Assumptions"
    page.run()
    before = [m.value for m in page.metric]
    next(s for s in page.selectbox if s.label == "Set your own figure for").select(OPERATIONS).run()
    field(page, "Value, FTE").set_value(-3.0)
    button(page, "Use these figures").click().run()
    assert not page.exception
    assert [e.value for e in page.error] == [
        r"Not used\: must lie between 0 and 10,000 \(FTE\), got \-3\. The last good answer stays\."
    ]
    assert [m.value for m in page.metric] == before


def test_what_no_link_can_hold_is_offered_as_a_file() -> None:
    data = scenario_data(presets()["support-assistant"])
    data["workloads"][0]["traffic"] = {"profile": [1.0 + hour % 5 for hour in range(168)]}
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["scenario"], page.session_state["linked"] = scenario_from(data), presets()["support-assistant"]
    page.session_state["share"] = True  # the popover is open
    page.run()
    assert not page.exception and not page.error
    assert any("save its file" in i.value for i in page.info)
    assert "Scenario file instead" in [b.proto.label for b in page.get("download_button")]
    assert "s" not in page.query_params


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
    told = next(c.value for c in page.caption if "Still defaults" in c.value)
    assert "growth" in told and "discount rate" in told
    field(page, "Growth a year (0.4 = 40 %)").set_value(0.7).run()
    told = next(c.value for c in page.caption if "Still defaults" in c.value)
    assert "growth" not in told and "discount rate" in told


def test_without_a_session_nothing_is_shown_where_a_login_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "asked_for", lambda: True)
    monkeypatch.setattr(login, "find_spec", lambda name: name)
    page = opened()
    assert not page.exception and not page.metric
    assert [b.label for b in page.button] == ["Sign in"]


def test_an_option_is_added_and_removed() -> None:
    page = opened("fold.options", "more", "option.add", "option.luna")
    before = len(page.metric)
    next(b for b in page.button if b.label == "Add").click().run()
    assert not page.exception
    assert len(page.metric) == before + 1
    added = page.session_state["scenario"].options[-1].id
    page.session_state[f"option.{added}"] = True
    page.run()
    next(b for b in page.button if b.key.startswith(f"remove.{added}")).click().run()
    assert len(page.metric) == before
