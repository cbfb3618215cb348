"""Dates on which something that an option rests on ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.governance.facts import expiry_day
from calculator.prices import retirement


@dataclass(frozen=True)
class ServiceEnd:
    """When a vendor ends a model, or until when it promises not to."""

    kind: Literal["shutdown", "promise"]
    on: date


def service_end(option: dict[str, Any]) -> ServiceEnd | None:
    """What is announced for the model of an option; None where nothing is, and for weights on own GPUs."""
    if option["provider"] is None or option["model"] is None:
        return None
    known = retirement(load_assumptions(), option["provider"], option["model"])
    if known is not None and known.shutdown is not None:
        return ServiceEnd("shutdown", known.shutdown)
    return ServiceEnd("promise", known.not_before) if known is not None and known.not_before is not None else None


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
