"""A scenario as plain data, as a file, and as a key."""

from __future__ import annotations

import json
from typing import Any

from calculator.scenario.schema import SCHEMA_VERSION, Scenario
from calculator.yaml12 import write_yaml


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data, only what differs from the defaults."""
    data: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
    for option, given in zip(data["options"], scenario.options, strict=True):
        option.update({"route": given.route})
    return {"schema": SCHEMA_VERSION, **data}


def dump_scenario(scenario: Scenario) -> str:
    """The scenario as YAML text that reads back as the same scenario."""
    return write_yaml(scenario_data(scenario))


def canonical_json(scenario: Scenario) -> str:
    """One line of JSON that is equal exactly for equal scenarios: the key of caches."""
    return json.dumps(scenario_data(scenario), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
