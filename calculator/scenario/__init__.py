"""What the user decides: the scenario file, its schema, reading and writing it."""

from calculator.scenario.organization import DataPolicy, Evidence, Organization
from calculator.scenario.reading import load_scenario, parse_scenario, scenario_from
from calculator.scenario.schema import Pins, Priorities, Scenario, Security, Switching, Tax
from calculator.scenario.workload import QualityFloor, RegionShare, Slo, Traffic, Workload
from calculator.scenario.writing import canonical_json, dump_scenario, scenario_data

__all__ = [
    "DataPolicy",
    "Evidence",
    "Organization",
    "Pins",
    "Priorities",
    "QualityFloor",
    "RegionShare",
    "Scenario",
    "Security",
    "Slo",
    "Switching",
    "Tax",
    "Traffic",
    "Workload",
    "canonical_json",
    "dump_scenario",
    "load_scenario",
    "parse_scenario",
    "scenario_data",
    "scenario_from",
]
