"""JSON Schemas of what the product reads and prints."""

from calculator.governance.schema import gate_schema
from calculator.schemas.break_even import break_even_schema
from calculator.schemas.compare import compare_schema
from calculator.schemas.models import open_models_schema
from calculator.schemas.scenario import scenario_schema
from calculator.schemas.size import size_schema
from calculator.schemas.two_scenarios import two_scenarios_schema

SCHEMAS = {
    "scenario": scenario_schema,
    "compare": compare_schema,
    "compare-two": two_scenarios_schema,
    "size": size_schema,
    "models": open_models_schema,
    "break-even": break_even_schema,
    "gate": gate_schema,
}

__all__ = [
    "SCHEMAS",
    "break_even_schema",
    "compare_schema",
    "open_models_schema",
    "scenario_schema",
    "size_schema",
    "two_scenarios_schema",
]
