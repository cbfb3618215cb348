"""Dates on which something that an option rests on ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.governance.facts import expiry_day


def first_expiry(option: dict[str, Any]) -> date | None:
    """The earliest day after which a public fact behind a passed gate may no longer be relied on."""
    known, days = load_assumptions(), []
    for gate in option["gates"]:
        name, said, _ = gate["fact"].partition(" = ")
        if gate["outcome"] != "pass" or gate["own_evidence"] or not said:
            continue
        try:
            days.append(expiry_day(known.parameter(name)))
        except InputError:
            continue  # prices of other catalogues are cited by names of their own
    return min(days, default=None)
