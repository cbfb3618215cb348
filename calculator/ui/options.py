"""The options of a scenario: which there are, what each is, add and remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.assumptions import Assumptions, load_assumptions
from calculator.options import HybridOption, Option, SizedOption
from calculator.scenario import Scenario
from calculator.ui import faults, state

ROUTES = {
    "api": "Proprietary API",
    "hosted": "Open weights, somebody's API",
    "rented": "Open weights on rented GPUs",
    "owned": "Open weights on own servers",
    "hybrid": "Base on own GPUs, rest elsewhere",
}
EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
PRECISIONS = ["bf16", "fp8", "int8", "int4", "fp4"]
COMMITMENTS = ["on_demand", "reserved_1y", "reserved_3y", "spot"]
REGIONS = ["eu", "us", "uk", "global"]


def editor(scenario: Scenario) -> None:
    """A fold for each option, then a form that adds one; what is folded away is not built."""
    known = load_assumptions()
    _baseline(scenario)
    for number, option in enumerate(scenario.options):
        label, name = f"{option.id} · {option.route}", f"option.{option.id}"
        fold = st.popover(label, width="stretch", key=name, on_change="rerun")
        if fold.open:
            with fold:
                _option(number, option, scenario, known)
    fold = st.popover("Add an option", width="stretch", key="option.add", on_change="rerun")
    if fold.open:
        with fold:
            _add(scenario, known)


def _option(number: int, option: Option, scenario: Scenario, known: Assumptions) -> None:
    _fields(number, option, scenario, known)
    held = _used_by(option.id, scenario)
    if held or len(scenario.options) == 1:
        st.caption(f"Needed by {', '.join(held)}." if held else "The last option stays.")
    elif st.button("Remove", key=state.key(f"remove.{option.id}")):
        _remove(option.id, scenario)


def _baseline(scenario: Scenario) -> None:
    ids = [o.id for o in scenario.options]
    name = state.key("baseline")
    st.selectbox(
        "Runs today",
        ids,
        index=ids.index(scenario.baseline) if scenario.baseline else None,
        placeholder="nothing yet",
        key=name,
        on_change=lambda: state.change(("baseline",), st.session_state[name]),
    )


def _choice(label: str, path: tuple[Any, ...], value: Any, choices: list[str], empty: str = "default") -> None:
    """A select box on one key of the scenario file; what the file holds is offered even where the list lacks it."""
    offered = choices if value is None or value in choices else [value, *choices]
    place = state.place_of(path)
    name = state.key(place)
    st.selectbox(
        label,
        offered,
        index=offered.index(value) if value is not None else None,
        placeholder=empty,
        key=name,
        on_change=lambda: state.change(path, st.session_state[name]),
    )
    faults.tell(place)


def _fields(number: int, option: Option, scenario: Scenario, known: Assumptions) -> None:
    at = ("options", number)
    if option.name:
        st.text(option.name)
    if isinstance(option, HybridOption):
        _choice("Base", (*at, "base"), option.base, _sized(scenario))
        _choice("Overflow to", (*at, "overflow"), option.overflow, [o.id for o in scenario.options if o.route != "hybrid"])
        return
    if isinstance(option, SizedOption):
        _choice("Weights", (*at, "weights"), option.weights, sorted(known.rows("models")))
        _choice("GPU", (*at, "gpu"), option.gpu, sorted(known.rows("gpus")))
        if option.precision is None or isinstance(option.precision, str):
            _choice("Precision of the weights", (*at, "precision"), option.precision, PRECISIONS, "as released")
        if option.route == "rented":
            _choice("Rented from", (*at, "provider"), option.provider, _landlords(known), "a range over the market")
            _choice("Commitment", (*at, "commitment"), option.commitment, COMMITMENTS)
    else:
        _choice("Model", (*at, "model"), option.model, _models(known, option.provider))
    if option.route == "owned":
        _choice("Country", (*at, "country"), option.country, sorted(known.rows("electricity")))
    else:
        _choice("Region", (*at, "region"), option.region, REGIONS, "not chosen")
    _choice("Reasoning effort", (*at, "reasoning_effort"), option.reasoning_effort, EFFORTS)


def _sized(scenario: Scenario) -> list[str]:
    return [o.id for o in scenario.options if isinstance(o, SizedOption)]


def _landlords(known: Assumptions) -> list[str]:
    return sorted({r.text("provider") for r in known.rows("gpu_rental").values()} - {"market"})


def _models(known: Assumptions, provider: str) -> list[str]:
    return sorted(r.text("model") for r in known.rows("offers").values() if r.text("provider") == provider)


def _used_by(name: str, scenario: Scenario) -> list[str]:
    """Options that lean on this one."""
    return [o.id for o in scenario.options if name in (getattr(o, k, None) for k in ("base", "overflow", "bridge"))]


def _remove(name: str, scenario: Scenario) -> None:
    kept = tuple(o for o in scenario.options if o.id != name)
    baseline = None if scenario.baseline == name else scenario.baseline
    evidence = tuple(e for e in scenario.evidence if e.option != name)
    state.use(scenario.model_copy(update={"options": kept, "baseline": baseline, "evidence": evidence}))
    st.rerun()


def _add(scenario: Scenario, known: Assumptions) -> None:
    """Asks what the route needs; the schema says what is missing."""
    ask: Callable[..., Any] = st.selectbox
    route = ask("Route", list(ROUTES), format_func=ROUTES.__getitem__, key=state.key("new.route"))
    new: dict[str, Any] = {"route": route}
    if route in ("api", "hosted"):
        kind = "proprietary" if route == "api" else "open"
        offers = sorted(k for k, r in known.rows("offers").items() if r.text("openness") == kind)
        offer = ask("Offer", offers, key=state.key("new.offer"))
        new.update({column: known.rows("offers")[offer].text(column) for column in ("provider", "model")})
    elif route == "hybrid":
        sized, others = _sized(scenario), [o.id for o in scenario.options if o.route != "hybrid"]
        new["base"] = ask("Base", sized, key=state.key("new.base"))
        new["overflow"] = ask("Overflow to", others, key=state.key("new.overflow"))
    else:
        new["weights"] = ask("Weights", sorted(known.rows("models")), key=state.key("new.weights"))
        new["gpu"] = ask("GPU", sorted(known.rows("gpus")), key=state.key("new.gpu"))
        if route == "rented":
            new["provider"] = ask("Rented from", _landlords(known), index=None, key=state.key("new.landlord"))
            new["commitment"] = ask("Commitment", COMMITMENTS, key=state.key("new.commitment"))
    if st.button("Add", type="primary", key=state.key("new.add")):
        new["id"] = _free_id(new, scenario)
        state.change(("options",), [*state.data()["options"], {k: v for k, v in new.items() if v is not None}])
        st.rerun()


def _free_id(new: dict[str, Any], scenario: Scenario) -> str:
    """A short name of its own."""
    parts = (new.get("model") or new.get("weights") or "mix", new.get("provider") or new.get("gpu") or "")
    stem = "-".join(p for p in parts if p)[:50]
    taken = {o.id for o in scenario.options}
    return next(name for n in range(1, 200) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)
