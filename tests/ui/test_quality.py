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


def test_a_cascade_costs_the_small_one_and_its_failures(page: AppTest) -> None:
    ways = next(d.value for d in page.dataframe if "way" in d.value.columns).set_index("way")
    costs, success = ways["USD per thousand requests"], ways["success, %"]
    small, large = costs.iloc[0], costs.iloc[1]
    assert small < large
    assert costs["small first, large where it fails"] == pytest.approx(small + 0.2 * large, abs=0.001)  # as shown
    assert success["small first, large where it fails"] == pytest.approx(100 * (0.8 + 0.2 * 0.95))


def test_a_router_sends_what_it_judges_hard_to_the_large_one(page: AppTest) -> None:
    """At first: a fifth is hard, what the small one fails; a tenth is misjudged either way."""
    ways = next(d.value for d in page.dataframe if "way" in d.value.columns).set_index("way")
    costs, success, share = ways["USD per thousand requests"], ways["success, %"], ways["to the large one, %"]
    small, large = costs.iloc[0], costs.iloc[1]
    assert share["routed by difficulty"] == pytest.approx(26)
    assert costs["routed by difficulty"] == pytest.approx(0.74 * small + 0.26 * large, rel=0.005)  # shown in cents
    well = 0.8 * (0.9 + 0.1 * 0.95) + 0.2 * 0.9 * 0.95
    assert success["routed by difficulty"] == pytest.approx(100 * well, abs=0.05)
    both = "routed by difficulty, large also where the small one fails"
    assert costs[both] == pytest.approx(0.74 * small + (0.26 + 0.02) * large, rel=0.005)
    assert success[both] == pytest.approx(100 * (well + 0.02 * 0.95), abs=0.05)


def test_open_models_are_sized_and_added() -> None:
    app = AppTest.from_file(str(PAGE), default_timeout=90)
    app.session_state["tab"] = "Quality and the race"
    app.session_state["models.show"] = True
    app.run()
    assert not app.exception
    models = next(d.value for d in app.dataframe if "KV bytes a token" in d.value.columns).set_index("model")
    assert models.loc["gemma-4-31b", "GPUs"] >= 1
    assert models["GPUs"].notna().sum() > 20 and models["hosts"].max() >= 3
    before = len(app.session_state["scenario"].options)
    next(b for b in app.button if b.label.startswith("Add to the scenario")).click().run()
    assert not app.exception
    assert len(app.session_state["scenario"].options) == before + 1


def test_every_model_of_the_race_stands_with_its_source(page: AppTest) -> None:
    models = next(d.value for d in page.dataframe if "the day is" in d.value.columns)
    assert len(models) > 100 and models["source"].str.len().min() > 10
    assert list(models["released"]) == sorted(models["released"], reverse=True)
    assert models["the day is"].str.contains("first sighting").sum() < 20
