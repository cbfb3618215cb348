"""Worked judgements: is an option allowed?"""

from __future__ import annotations

from typing import Any

from calculator.assumptions import load_assumptions
from calculator.errors import InputError, clip
from calculator.governance.gate import feasibility
from calculator.governance.judging import judge
from calculator.governance.rules import rules_named
from calculator.scenario import scenario_from


def gate(
    option: dict[str, Any] | list[dict[str, Any]],
    rule: str = "all",
    organization: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    workload: dict[str, Any] | None = None,
    evidence: list[dict[str, Any]] | None = None,
    as_of: str = "2026-11-23",
    start: str | None = None,
    horizon_months: int = 36,
    reading: str = "strict",
) -> str:
    """`pass`, `fail` or `needs_evidence` of a rule on an option; a rule that the case does not call for passes.

    `option` is an option as a scenario file has it (`id` and `gpu` may be left out), or a list whose first is judged and
    whose others are what a hybrid refers to; `organization`, `data`, `workload`, `evidence` are the scenario's blocks.
    `rule` is an id (`LIC-02`), the start of ids (`LIC`, `DATA-06`), a title, a plain name (`residency`, `revenue_cap`,
    `training`) or `all`; several rules give the worst outcome. `reading: optimistic` takes needs_evidence for pass.
    """
    given = [option] if isinstance(option, dict) else option
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        raise InputError("gate: option: must be an option as in a scenario file, or a list of them")
    if reading not in ("strict", "optimistic"):
        raise InputError(f"gate: reading: must be strict or optimistic, got {clip(reading)!r}")
    options = [_named(number, each) for number, each in enumerate(given)]
    load = {"name": "load", "requests_per_month": 1e5, "input_tokens": 1000, "output_tokens": 200, **(workload or {})}
    scenario = scenario_from(
        {
            "title": "case",
            "as_of": as_of,
            "start": start or as_of[:7],
            "horizon_months": horizon_months,
            "organization": organization or {},
            "data": data or {},
            "workloads": [load],
            "options": options,
            "evidence": evidence or [],
        },
        "gate",
    )
    wanted = rules_named(rule, "gate: rule")
    gates = judge(scenario, scenario.options[0], load_assumptions())
    return feasibility([g for g in gates if g.rule in wanted], strict=reading != "optimistic")


def _named(number: int, option: dict[str, Any]) -> dict[str, Any]:
    """The option with an id and a GPU, which no rule asks for; Hugging Face ids without their organization."""
    chip = {"gpu": "h200-sxm"} if option.get("route") in ("rented", "owned") else {}
    short = {key: option[key].rsplit("/", 1)[-1] for key in ("weights", "model") if isinstance(option.get(key), str)}
    return {"id": f"option-{number}", **chip, **option, **short}
