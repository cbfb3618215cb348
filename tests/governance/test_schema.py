"""`llm-adoption schema gate` names every rule and what it answers to."""

from calculator.governance.rules import RULES
from calculator.governance.schema import gate_schema


def test_every_rule_is_documented_with_its_names() -> None:
    schema = gate_schema()
    named = {r["const"]: r["description"] for r in schema["properties"]["rule"]["anyOf"][0]["oneOf"]}
    assert set(named) == set(RULES)
    for rule in RULES.values():
        assert rule.called_for in named[rule.id] and all(name in named[rule.id] for name in rule.names)
    assert "DataPolicy" in schema["$defs"]
