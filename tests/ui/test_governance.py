"""The governance view, through Streamlit's own test driver."""

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import calculator.ui
from calculator.ui.governance import dimension_usd, money_reasons

PAGE = Path(calculator.ui.__file__).with_name("page.py")


def opened() -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["tab"] = "Rules and evidence"
    return page.run()


def overview(page: AppTest) -> Any:
    return next(f.value for f in page.dataframe if "data ownership" in f.value.columns).set_index("option")


def test_the_readings_differ_only_where_evidence_is_missing() -> None:
    page = opened()
    assert not page.exception
    strict = overview(page)
    assert "needs evidence" in set(strict["all rules"]) and "DATA-03" in strict.loc["gemma-hosted", "data ownership"]
    next(r for r in page.radio if r.label == "Reading").set_value("optimistic").run()
    assert not page.exception
    hopeful = overview(page)
    assert "needs evidence" not in set(hopeful["all rules"])
    assert set(hopeful.index[hopeful["all rules"] == "fails"]) == set(strict.index[strict["all rules"] == "fails"])


def test_evidence_of_an_option_is_shown_with_its_licence() -> None:
    page = opened()
    next(s for s in page.selectbox if s.label == "Option").select("rented-h100").run()
    assert not page.exception
    rows = next(f.value for f in page.dataframe if "whose" in f.value.columns)
    assert rows["rule"].str.startswith("DATA-07").any() and rows["source"].str.len().max() > 0
    assert any("Certifications" in m.value and "What would change it" in m.value for m in page.markdown)
    assert any("Apache" in e.label for e in page.expander)
    assert sum("Not legal advice" in c.value for c in page.caption) == 1


def test_money_that_is_not_known_is_a_dash_with_its_reason() -> None:
    option = {
        "lock_in_usd": None,
        "security_loss_usd": {"expected": 1.2e6},
        "cost_lines_usd": {},
        "null_reasons": {"lock_in_usd": "not simulated"},
    }
    assert dimension_usd(option, "lock_in") == "–"
    assert dimension_usd(option, "security") == "$1.2M"
    assert dimension_usd(option, "data_ownership") is None
    assert money_reasons([option, option]) == ["Lock-in: not simulated."]


def test_rules_are_set_in_the_form_and_judged() -> None:
    page = opened()
    page.session_state["fold.rules"] = True
    page.run()
    next(t for t in page.toggle if t.label.startswith("Own encryption keys")).set_value(True).run()
    next(s for s in page.selectbox if s.label.startswith("Prompts may be kept")).select(0.0).run()
    next(m for m in page.multiselect if m.label.startswith("No model developed in")).set_value(["CN"]).run()
    assert not page.exception
    data = page.session_state["scenario"].data
    assert (data.customer_managed_keys, data.max_retention_days, data.excluded_origins) == (True, 0, ("CN",))
    assert "DATA-06.keys" in overview(page).loc["luna", "security"]
    assert "ORIG-02" in overview(page).loc["qwen-ovh", "data ownership"]
