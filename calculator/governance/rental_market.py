"""Whose GPUs an option may rent where it names no host: those that do best by the scenario's rules.

A host is compared with the others by the rules on which they differ: model and licence are the same on all. Where
some pass all of these, the option is priced and judged over them alone; else over those that wait for evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from calculator.assumptions import Assumptions, Row
from calculator.governance.gate import RANK, Gate, with_worst
from calculator.options import RentedOption
from calculator.scenario import Scenario

MARKET = "market"
"""In `gpu_rental`: a range over hosts, not one of them."""


@dataclass(frozen=True)
class RentalMarket:
    """Hosts that rent a GPU out on demand, weighed by a scenario's rules."""

    gpu: str
    region: str | None
    hosts: dict[str, tuple[Gate, ...]]
    """Those that the option is priced over, with how each is judged."""
    left_out: dict[str, str]
    """The others, and why: rules by id, or that they are not in the region."""

    @property
    def total(self) -> int:
        return len(self.hosts) + len(self.left_out)

    @property
    def words(self) -> str:
        """`3 of 12 hosts (aws, azure, gcp)`."""
        return f"{len(self.hosts)} of {self.total} host{'s' if self.total != 1 else ''} ({', '.join(sorted(self.hosts))})"

    @property
    def left_out_words(self) -> str:
        """Who is left out, by reason; empty where nobody is."""
        by_reason: dict[str, list[str]] = {}
        for host, why in sorted(self.left_out.items()):
            by_reason.setdefault(why, []).append(host)
        return "; ".join(f"{', '.join(hosts)} ({why})" for why, hosts in by_reason.items())

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "gpu": self.gpu,
            "region": self.region,
            "hosts": sorted(self.hosts),
            "left_out": [{"host": host, "why": why} for host, why in sorted(self.left_out.items())],
        }


def offers_by_host(option: RentedOption, known: Assumptions) -> dict[str, Row]:
    """On-demand prices of the option's GPU by host, each its own in the option's region where it lists one there."""
    found: dict[str, Row] = {}
    for row in known.rows("gpu_rental").values():
        host = row.text("provider")
        if row.text("gpu") != option.gpu or row.text("commitment") != "on_demand" or host == MARKET:
            continue
        held = found.get(host)
        if held is None or (row.text("region") == option.region and held.text("region") != option.region):
            found[host] = row
    return found


def rental_market(
    scenario: Scenario,
    option: RentedOption,
    known: Assumptions,
    judged: Callable[[RentedOption], tuple[Gate, ...]],
) -> RentalMarket | None:
    """The hosts for an option that names none; None where nobody lists the GPU on demand in its region.

    `judged` gives every rule's judgement of the option at a named host.
    """
    s = scenario
    rules = (s.data, s.organization, s.workloads, s.evidence, s.as_of, s.start, s.horizon_months)
    return _rental_market(_Rules(rules, judged), option, known)


@dataclass(frozen=True)
class _Rules:
    """A scenario as far as the rules rest on it."""

    parts: tuple[object, ...]
    judged: Callable[[RentedOption], tuple[Gate, ...]] = field(compare=False)


@lru_cache(maxsize=64)
def _rental_market(rules: _Rules, option: RentedOption, known: Assumptions) -> RentalMarket | None:
    hosts = known.rows("gpu_hosts")
    there, left_out = {}, {}
    for host, row in offers_by_host(option, known).items():
        regions = hosts[host].list("regions") if host in hosts else (row.text("region"),)
        if option.region is not None and option.region not in (*regions, row.text("region")):
            left_out[host] = f"no GPUs in {option.region}"
        else:
            there[host] = rules.judged(option.model_copy(update={"provider": host}))
    if not there:
        return None
    shared = _shared(list(there.values()))
    standing = {
        host: max((RANK[g.outcome] for g in gates if g.rule not in shared), default=0) for host, gates in there.items()
    }
    best = min(standing.values())
    for host, rank in standing.items():
        if rank > best:
            left_out[host] = _why(there[host], shared)
    return RentalMarket(option.gpu, option.region, {h: g for h, g in there.items() if standing[h] == best}, left_out)


def _shared(judgements: Sequence[Sequence[Gate]]) -> set[str]:
    """Rules on which every host stands alike."""
    outcomes = Counter((gate.rule, gate.outcome) for gates in judgements for gate in gates)
    return {rule for (rule, _), count in outcomes.items() if count == len(judgements)}


def _why(gates: Sequence[Gate], shared: set[str]) -> str:
    against = [g for g in gates if g.outcome != "pass" and g.rule not in shared]
    failing = [g for g in against if g.outcome == "fail"]
    rules = ", ".join(g.rule for g in failing or against)
    return f"{'fails' if failing else 'needs evidence for'} {rules}"


def market_gates(market: RentalMarket) -> tuple[Gate, ...]:
    """One judgement a rule for all the hosts together: the worst, which names its host."""
    found: tuple[Gate, ...] = ()
    for gates in market.hosts.values():
        found = with_worst(found, gates)
    says: dict[str, set[str]] = {}
    for gates in market.hosts.values():
        for gate in gates:
            says.setdefault(gate.rule, set()).add(gate.statement)
    several = len(market.hosts) > 1
    return tuple(
        replace(g, statement=f"{g.statement}; so do the other {len(market.hosts) - 1} hosts that are priced")
        if several and g.outcome == "pass" and len(says[g.rule]) > 1
        else g
        for g in found
    )
