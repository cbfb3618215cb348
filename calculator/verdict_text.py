"""The verdict in plain words."""

from __future__ import annotations

import numpy as np

from calculator.decision.convergence import mean_error_95, supported
from calculator.decision.flip_points import TOKEN_LINES
from calculator.governance.gate import feasibility
from calculator.governance.judging import explanation, not_judged
from calculator.governance.rules import RULES
from calculator.option_result import OptionResult
from calculator.result import Result
from calculator.wording import money as monthly
from calculator.wording import money_in_words as money
from calculator.wording import months_in_words, shown_in

LITTLE_SHARE = 0.1
"""Below this part of the cost of every leading option tokens do not decide."""
NAMED = 3
"""Other allowed options that the sentence names."""
ROUTE_WORDS = {
    "api": "the proprietary API",
    "hosted": "the hosted open-weight model",
    "rented": "open weights on rented GPUs",
    "owned": "open weights on owned servers",
    "hybrid": "the mix",
}


def verdict_text(result: Result) -> Result:
    """The result with one sentence that answers the question, and the reasons behind it."""
    with shown_in(result.scenario.currency, result.usd_exchange_rate):
        return result.worded(_sentence(result), tuple(_reasons(result)))


def _expected(option: OptionResult) -> float:
    return float(option.npv_draws_usd.mean())


def _cost(option: OptionResult) -> str:
    """Expected cost with no more digits than the draws support."""
    return money(supported(_expected(option), option.npv_error_usd))


def _gap_usd(dearer: OptionResult, cheaper: OptionResult) -> float:
    """Difference of expected costs net of priorities, to the digits that the draws support."""
    error = mean_error_95(np.subtract(*np.broadcast_arrays(dearer.npv_draws_usd, cheaper.npv_draws_usd)))
    return supported(_net(dearer) - _net(cheaper), None if error is None else float(error))


def _net(option: OptionResult) -> float:
    """Expected cost net of what the scenario's priorities credit."""
    return _expected(option) - option.preference_usd


def _called(result: Result, name: str) -> str:
    """An option as shown, with its id as in the tables, and its route."""
    option = result.option(name)
    route = ROUTE_WORDS[option.route]
    return f"{name} ({route})" if option.option.name in (None, name) else f"{option.option.name} ({name}, {route})"


def _alone(result: Result, leader: str) -> str:
    """What else is allowed where no option that is another decision is: the same model by the same route, or nothing."""
    others = [o for o in result.options if o.option.id != leader and feasibility(o.gates) == "pass"]
    if not others:
        return "it is the only option that passes every gate"
    names = [o.option.name or o.option.id for o in others]
    if len(names) == 1:
        return f"the only other allowed option is {names[0]}, in substance the same choice bought another way"
    more = " and more" if len(names) > NAMED else ""
    listed = ", ".join(names[:NAMED]) + more
    return f"the {len(names)} other allowed options are in substance the same choice bought another way: {listed}"


def _chance(share: float, draws: int) -> str:
    """A share of draws, never surer than so many draws can be: n without a miss leave a chance of 3/n (rule of three)."""
    most = min(99, int(100 * (1 - 3 / draws)))
    percent = round(100 * share)
    return f"{max(1, percent)} %" if percent <= most and share <= 0.99 else f"more than {most} %"


def _confidence(result: Result) -> str:
    v = result.verdict
    if v.confidence is None:
        return f"how sure that is cannot be told: {v.why_no_confidence}"
    nearest = "" if v.closest == v.rival else f"; {v.closest} comes closest"
    return f"confidence {_chance(v.confidence, result.draws)}{nearest}"


def _sentence(result: Result) -> str:
    """The answer; where what runs today is not allowed and cheaper, the price of leaving it too."""
    said, leader = _answer(result), result.verdict.leader
    today = None if result.scenario.baseline is None else result.option(result.scenario.baseline)
    if leader is None or today is None or feasibility(today.gates) == "pass":
        return said
    extra = _extra_usd(result.option(leader), today)
    return said if extra <= 0 else f"{said[:-1]}; that is {money(extra)} more than {_not_allowed_today(today)}."


def _not_allowed_today(option: OptionResult) -> str:
    rules = ", ".join(g.rule for g in explanation(option.gates))
    how = "fails" if feasibility(option.gates) == "fail" else "needs evidence for"
    named = option.id if option.option.name in (None, option.id) else f"{option.option.name} ({option.id})"
    return f"{named}, which runs today and {how} {rules}"


def _extra_usd(mine: OptionResult, other: OptionResult) -> float:
    """Difference of expected costs, to the digits that the draws support."""
    error = mean_error_95(np.subtract(*np.broadcast_arrays(mine.npv_draws_usd, other.npv_draws_usd)))
    return supported(_expected(mine) - _expected(other), None if error is None else float(error))


def _answer(result: Result) -> str:
    v, s = result.verdict, result.scenario
    over = f"over {months_in_words(s.horizon_months)}"
    if v.leader is None:
        if v.conditional_winner is None:
            return "Not allowed: no option passes every gate, by any reading of the evidence."
        return (
            f"No option passes every gate on the evidence at hand; {_called(result, v.conditional_winner)} would be the "
            f"cheapest at {_cost(result.option(v.conditional_winner))} {over} if its open questions are settled."
        )
    leader = result.option(v.leader)
    cost = _cost(leader)
    if v.too_close:
        assert v.rival is not None
        few = f" ({_confidence(result)})"
        sure = few if v.confidence is None else f" in {_chance(v.confidence, result.draws)} of draws"
        ahead = f"; {_called(result, v.leader)} is ahead of {_called(result, v.rival)}{sure}"
        return f"Too close to call{ahead}, at an expected {cost} against {_cost(result.option(v.rival))} {over}."
    stay = v.leader == s.baseline
    opening = f"Stay with {_called(result, v.leader)}" if stay else f"Choose {_called(result, v.leader)}"
    if v.rival is None:
        return f"{opening}: an expected {cost} {over}; {_alone(result, v.leader)}."
    rival = result.option(v.rival)
    gap, sure = _gap_usd(rival, leader), _confidence(result)
    if leader.preference_usd or rival.preference_usd:
        return (
            f"{opening}: an expected {cost} {over}; net of what your priorities credit, {money(abs(gap))} "
            f"{'less' if gap >= 0 else 'more'} than {_called(result, v.rival)}, the best different choice "
            f"({sure})."
        )
    if gap < 0:  # the baseline holds because the saving is not worth the move
        return (
            f"{opening}: an expected {cost} {over}; {_called(result, v.rival)} would save {money(-gap)}, less than the "
            f"{s.materiality:.0%} that a change must bring ({sure})."
        )
    return (
        f"{opening}: an expected {cost} {over}, {money(gap)} less than {_called(result, v.rival)}, "
        f"the best different choice ({sure})."
    )


def _reasons(result: Result) -> list[str]:
    v = result.verdict
    lines = []
    if v.leader is not None and v.cheapest is not None and v.cheapest != v.leader:
        lines.append(_why_not_cheapest(result, v.leader, v.cheapest))
    if v.conditional_winner is not None and v.leader is not None:
        option = result.option(v.conditional_winner)
        open_rules = [g.rule for g in option.gates if g.outcome == "needs_evidence"]
        turn_out = f"{', '.join(open_rules)} {'turns' if len(open_rules) == 1 else 'turn'} out well"
        saving = money(_gap_usd(result.option(v.leader), option))
        lines.append(
            f"Conditional winner: {v.conditional_winner} would be {saving} cheaper if {turn_out}; "
            "see what evidence is needed."
        )
    lines += _quality_lines(result)
    lines += _little_money_lines(result)
    for rule, price in result.rule_prices.items():
        named = f"Price of {rule} ({RULES[rule].title.lower()}): without it {price.best} would"
        saved = f"{named} save about {money(price.saving_usd or 0)}, at today's alternatives."
        if price.saving_usd is not None and price.saving_usd < 1:
            saved = f"{named} save nothing, at today's alternatives."
        lines.append(f"{named} be allowed." if price.saving_usd is None else saved)
    lines += _evidence_lines(result)
    lines.append("Not judged: " + "; ".join(not_judged(result.scenario)) + ".")
    return lines


def _evidence_lines(result: Result) -> list[str]:
    """Own evidence never settles a rule unseen: what public facts say is told beside it."""
    return [
        f"{o.id} rests on your own evidence for {g.rule} ({g.title.lower()}); public facts say otherwise: {g.overrides}."
        for o in result.options
        for g in o.gates
        if g.overrides is not None and g.outcome == "pass"
    ]


def _why_not_cheapest(result: Result, leader: str, cheapest: str) -> str:
    mine, other = result.option(leader), result.option(cheapest)
    saving = money(_expected(mine) - _expected(other))
    if mine.preference_usd > other.preference_usd:
        credit = money(mine.preference_usd - other.preference_usd)
        return f"On money alone {cheapest} is cheaper by {saving}; your priorities credit {leader} with {credit} more."
    return f"Cheapest by expected cost is {cheapest}; the rule for leaving the baseline keeps {leader}."


def _little_money_lines(result: Result) -> list[str]:
    """Where tokens are a small part of what every leading option costs: what is compared is mostly something else."""
    v, months = result.verdict, result.scenario.horizon_months
    leading = [result.option(name) for name in dict.fromkeys((v.leader, v.rival, v.conditional_winner)) if name is not None]
    if v.leader is None or not all(o.route in ("api", "hosted") for o in leading):
        return []
    bills = [(o.id, tokens_usd(o), float(o.base.flows.total.sum())) for o in leading]
    if any(usd >= LITTLE_SHARE * whole for _, usd, whole in bills):
        return []
    said = ", ".join(f"{monthly(usd / months)} of {monthly(whole / months)} with {name}" for name, usd, whole in bills)
    return [f"Tokens are {said} a month on average, set-up included: cost hardly decides this, quality and effort do."]


def tokens_usd(option: OptionResult) -> float:
    """What an option paid by the token bills for tokens over the horizon, undiscounted, at base values."""
    return float(sum(usd.sum() for line, usd in option.base.flows.lines.items() if line in TOKEN_LINES))


def _quality_lines(result: Result) -> list[str]:
    """A weaker model never wins silently."""
    v = result.verdict
    if v.leader is None:
        return []
    mine = result.option(v.leader)
    floored = any(w.quality_floor for w in result.scenario.workloads)
    if mine.quality is None or mine.quality.score is None:
        return [f"{v.leader} has no independent quality score; check it on your own tasks before relying on its price."]
    better = [
        o
        for o in result.options
        if feasibility(o.gates) == "pass"
        and o.quality is not None
        and o.quality.score is not None
        and o.quality.benchmark == mine.quality.benchmark
        and o.quality.score > mine.quality.score
    ]
    if not better:
        return []
    best = max(better, key=lambda o: (o.quality.score if o.quality and o.quality.score else 0, o.id))
    assert best.quality is not None
    floor = "both meet the floor" if floored else "no quality floor is set, so the weaker model may win on price alone"
    return [
        f"{v.leader} is the weaker model: {mine.quality.benchmark} {mine.quality.score:.0f} against "
        f"{best.quality.score:.0f} of {best.id}; {floor}."
    ]
