"""One rule's judgement of one option."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from calculator.assumptions import Source
from calculator.governance.facts import Fact
from calculator.governance.rules import RULES

Outcome = Literal["pass", "fail", "needs_evidence"]
RANK: dict[str, int] = {"pass": 0, "needs_evidence": 1, "fail": 2}
RULE_ORDER = {rule: place for place, rule in enumerate(RULES)}


@dataclass(frozen=True)
class Gate:
    """A judgement with what it rests on."""

    rule: str
    outcome: Outcome
    statement: str
    """What is known and what is asked for, in a sentence."""
    fact: str = ""
    """The cell that decided, with its id."""
    source: Source | None = None
    as_of: str | None = None
    grade: str | None = None
    """Kind of the source: published, vendor, secondary, …"""
    remedy: str = ""
    """What evidence or change would turn the judgement; empty where it passes."""
    own_evidence: bool = False
    """Whether it rests on the user's own document."""
    overrides: str | None = None
    """What the public facts say where own evidence says otherwise."""

    @property
    def title(self) -> str:
        return RULES[self.rule].title

    @property
    def dimension(self) -> str:
        return RULES[self.rule].dimension

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "rule": self.rule,
            "title": self.title,
            "dimension": self.dimension,
            "outcome": self.outcome,
            "statement": self.statement,
            "fact": self.fact,
            "source": self.source.as_dict() if self.source else None,
            "as_of": self.as_of,
            "grade": self.grade,
            "remedy": self.remedy,
            "own_evidence": self.own_evidence,
            "overrides": self.overrides,
        }


def ruling(rule: str, outcome: Outcome, statement: str, known: Fact | None = None, remedy: str = "") -> Gate:
    """A judgement that rests on a fact, with the fact's source, date and grade."""
    p = known.parameter if known is not None else None
    return Gate(
        rule,
        outcome,
        statement,
        "" if known is None else known.shown,
        p.source if p else None,
        p.as_of if p else None,
        p.kind if p else None,
        "" if outcome == "pass" else remedy,
    )


def demanded(rule: str, who: str, what: str, known: Fact, remedy: str) -> Gate:
    """A property that must be there: `yes` passes, `no` fails, everything between needs evidence."""
    if known.text == "yes":
        return ruling(rule, "pass", f"{who}: {what}: yes", known)
    if known.text == "no":
        return ruling(rule, "fail", f"{who}: {what}: no", known, remedy)
    said = {"conditional": "only case by case", "approval": "on approval", "self_serve": "a setting"}.get(
        known.text, known.text or known.why_open
    )
    return ruling(rule, "needs_evidence", f"{who}: {what}: {said}", known, remedy)


def with_worst(held: Iterable[Gate], more: Iterable[Gate]) -> tuple[Gate, ...]:
    """One judgement a rule: what is held, or what more weighs heavier against it."""
    by_rule = {gate.rule: gate for gate in held}
    for gate in more:
        if gate.rule not in by_rule or RANK[gate.outcome] > RANK[by_rule[gate.rule].outcome]:
            by_rule[gate.rule] = gate
    return tuple(sorted(by_rule.values(), key=lambda g: RULE_ORDER[g.rule]))


def worst(gates: Sequence[Gate]) -> str:
    """The worst outcome; `pass` where there is none."""
    return max((g.outcome for g in gates), key=RANK.__getitem__, default="pass")


def feasibility(gates: Sequence[Gate], strict: bool = True) -> str:
    """The worst outcome; by the optimistic reading what needs evidence passes."""
    found = worst(gates)
    return "pass" if found == "needs_evidence" and not strict else found
