"""One evaluation of the default scenario for the tests of this folder."""

from __future__ import annotations

import pytest

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.decision.simulation import Costing, prepare
from calculator.evaluate import evaluate
from calculator.result import Result
from calculator.scenario import Scenario, load_scenario


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load_scenario(assumptions_folder() / "scenarios" / "document-retrieval.yaml")


@pytest.fixture(scope="session")
def costing(scenario: Scenario) -> Costing:
    return prepare(scenario, load_assumptions())


@pytest.fixture(scope="session")
def result(scenario: Scenario) -> Result:
    return evaluate(scenario, load_assumptions(), 1024)
