"""How sure, what matters, what to find out, what priorities change and when to decide: in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from calculator.decision.convergence import supported
from calculator.decision.evidence import Evidence
from calculator.decision.studies import Study, ranked
from calculator.wording import figure, money, months_in_words, percent, written

if TYPE_CHECKING:
    from calculator.assumptions import Parameter
    from calculator.decision.analysis import Analysis
    from calculator.decision.information import Worth
    from calculator.decision.timing import Timing

SCENARIO_LABELS = {
    "requests_per_month": "requests a month of {0}",
    "annual_growth": "yearly growth of {0}",
    "input_tokens": "prompt tokens of {0}",
    "output_tokens": "answer tokens of {0}",
    "cacheable_input_share": "repeating share of prompts of {0}",
    "batch_share": "share of requests of {0} that may wait",
    "burst_ratio": "bursts of {0}",
    "other_usd_per_month": "other monthly cost of {0}",
    "applications": "applications to move",
    "effort_ratio": "own switching effort over the default",
    "prompts_per_application": "prompts of an application",
}
SPELLED_OUT = {
    "lifecycle.audit_usd_per_year_api": "yearly review of a vendor: questionnaires, contract, sub-processors",
    "lifecycle.audit_usd_per_year_owned": "yearly audit of an own service on own servers and a site",
    "serving.throughput_ratio": "measured over modelled speed of dense models",
    "serving.throughput_ratio_sparse": "measured over modelled speed of mixtures of experts",
    "staffing.api_operations_fte": "people who look after an API or a hosted model",
    "staffing.hosted_operations_fte": "people who look after a hosted model",
    "switching.set_up_weeks_owned": "weeks to set up own servers: racks, network, acceptance",
    "token_factors.default_input_factor": "input tokens over the reference tokenizer's, where none is listed",
    "token_factors.default_output_factor_default": "billed over visible output tokens, where no effort is stated",
    "token_factors.default_output_factor_none": "billed over visible output tokens without reasoning",
}
"""Assumptions whose description speaks of its neighbours, or at more length than a sentence bears."""
CRITERIA = {
    "control_and_audit": "control and audit",
    "customization_depth": "depth of customization",
    "strategic_flexibility": "strategic flexibility",
    "footprint": "a smaller footprint",
}
MOST_STUDIES = 3
"""Studies of figures, and open questions, that are named in sentences."""
LEAST_SKEW = 0.05
"""A mean closer to its base is not explained."""
OWN = " (own figure)"
"""Behind the name of an assumption that the scenario sets itself."""


def input_label(name: str, used: Mapping[str, Parameter]) -> str:
    """An input's name for readers: what it describes, and of which row."""
    parts = name.split(".")
    if name in used and used[name].description and parts[0] not in ("workloads", "options"):
        words = SPELLED_OUT.get(name, used[name].description.rstrip("."))
        row = (f" ({parts[1]})" if len(parts) > 2 else "") + (OWN if used[name].overridden else "")
        return words[0].lower() + words[1:] + row if words[1:2].islower() or words[1:2] == " " else words + row
    words = SCENARIO_LABELS.get(parts[-1], parts[-1].replace("_", " ") + (" of {0}" if len(parts) > 2 else ""))
    return words.format(parts[1] if len(parts) > 2 else "")


def worth_words(worth: Worth) -> str:
    """`up to $84k`, or that it is worth nothing the simulation can tell from zero."""
    error = worth.error_usd or 0.0
    if worth.usd <= error or worth.usd < 1:
        return "nothing measurable"
    return "up to " + money(supported(worth.usd, error))


def sentences(analysis: Analysis, used: Mapping[str, Parameter]) -> dict[str, list[str]]:
    """Lines by question; a question that cannot be answered says why."""
    return {
        "how_sure": [*_how_sure(analysis), *_why_the_mean(analysis, used)],
        "what_matters": _what_matters(analysis, used),
        "what_to_find_out": _what_to_find_out(analysis),
        "what_we_value": _what_we_value(analysis),
        "when": _when(analysis.timing, analysis.reasons),
    }


def _how_sure(analysis: Analysis) -> list[str]:
    wrong = analysis.wrong_ways
    if wrong is None or analysis.leader is None or analysis.rival is None:
        return []
    leader, rival = analysis.leader, analysis.rival
    chance = wrong.probability_first_is_dearer
    lines = []
    if chance > 0:
        lines.append(
            f"{leader} turns out dearer than {rival} in {percent(chance)} of draws, then by {money(wrong.first_wrong_usd)} "
            f"on average; choosing {rival} would be wrong in {percent(1 - chance)}, by {money(wrong.second_wrong_usd)}."
        )
    else:
        lines.append(
            f"{leader} is cheaper than {rival} in every draw; choosing {rival} would cost {money(wrong.second_wrong_usd)} "
            "more on average."
        )
    own = analysis.standings.get(leader)
    if own is not None:
        lines.append(
            f"Expected regret of {leader}: {money(own.expected_regret_usd)} against whichever option turns out cheapest."
        )
    return lines


def _why_the_mean(analysis: Analysis, used: Mapping[str, Parameter]) -> list[str]:
    """What sets the expected cost apart from the cost at base values, where that is a twentieth or more."""
    skew = analysis.skew
    if skew is None or abs(skew.ratio - 1) < LEAST_SKEW or not skew.inputs:
        return []
    why = ", and ".join(f"{input_label(name, used)} ({money(usd)} alone)" for name, usd in skew.inputs)
    way = "up than down" if skew.ratio > 1 else "down than up"
    return [
        f"The mean of {skew.option} is {written(skew.ratio, '.2f')} times its base, "
        f"as ranges reach further {way}, most by: {why}."
    ]


def _what_matters(analysis: Analysis, used: Mapping[str, Parameter]) -> list[str]:
    if not analysis.bars:
        return [f"Not said: {analysis.reasons.get('sensitivity', 'nothing in the gap is uncertain')}."]
    lines = []
    for bar in analysis.bars[:3]:
        flips = f"; at one end {analysis.rival} is ahead" if bar.flips else ""
        lines.append(
            f"{input_label(bar.input, used)}, {figure(bar.low)} to {figure(bar.high)}: moves the gap to {analysis.rival} "
            f"from {money(bar.gap_at_low_usd)} to {money(bar.gap_at_high_usd)}, explains {percent(bar.variance_share)} of "
            f"its variance{flips}."
        )
    return [line[0].upper() + line[1:] for line in lines]


def _what_to_find_out(analysis: Analysis) -> list[str]:
    info = analysis.information
    lines = [f"Not said of the figures: {analysis.reasons.get('information', 'nothing is uncertain')}."]
    if info is not None:
        lines = [f"Knowing every figure before choosing among the options that pass is worth {worth_words(info.evpi)}."]
    studies = [s for s in (info.studies if info else ()) if s.worth.usd > (s.worth.error_usd or 0) and s.worth.usd >= 1]
    for found in ranked(studies[:MOST_STUDIES], analysis.evidence[:MOST_STUDIES]):
        lines.append(_evidence_line(found) if isinstance(found, Evidence) else _study_line(found))
    if info is not None and info.studies and not studies and not analysis.evidence:
        lines.append("No single study could change the choice; decide on what is known.")
    return lines


def _study_line(study: Study) -> str:
    verdict = {"do it": "do it", "not worth it": "not worth it", "unclear": "about what it costs"}[study.advice]
    return (
        f"{study.action[0].upper() + study.action[1:]} is worth {worth_words(study.worth)} and costs about "
        f"{money(study.cost_usd)} ({money(study.cost_low_usd)} to {money(study.cost_high_usd)}): {verdict}."
    )


def _evidence_line(found: Evidence) -> str:
    """What an answer is worth is a bound: the chance that it is a good one is not known."""
    worth = "is what lets it in, where nothing passes" if found.worth is None else f"is worth {worth_words(found.worth)}"
    opening = f"{found.action[0].upper() + found.action[1:]}, {worth}"
    if found.cost_usd is None:
        return f"{opening}; neither what that costs nor the chance that it turns out well is known."
    cost = f"costs about {money(found.cost_usd)} ({money(found.cost_low_usd)} to {money(found.cost_high_usd)})"
    if found.least_chance is None:
        return f"{opening}, and {cost}."
    if found.least_chance >= 1:
        return f"{opening} and {cost}: not worth it."
    return (
        f"{opening} if the answer is a good one, and {cost}: worth asking from a chance of {percent(found.least_chance)} "
        "on; the chance is not known."
    )


def _what_we_value(analysis: Analysis) -> list[str]:
    ranks = analysis.acceptability
    if ranks is None:
        return []
    first = sorted(zip(ranks.options, ranks.shares[:, 0], strict=True), key=lambda pair: -pair[1])
    named = ", ".join(f"{name} {percent(float(share))}" for name, share in first[:3] if share > 0)
    lines = [f"Over all priorities up to what is plausible, first by cost net of priorities: {named}."]
    for over in ranks.hand_overs[:4]:
        criterion = CRITERIA.get(over.criterion, over.criterion)
        lines.append(
            f"If {criterion} is worth more than {money(over.usd)}, {over.to_option} takes over from {over.from_option}."
        )
    return lines


def _when(timing: Timing | None, reasons: Mapping[str, str]) -> list[str]:
    if timing is None:
        return [f"Not said: {reasons['timing']}."] if "timing" in reasons else []
    now, best = timing.plans[0], timing.best
    move, keep = f"moving from {timing.incumbent} to {timing.target}", f"Stay with {timing.incumbent} for now"
    if not timing.runs_today:
        move, keep = f"choosing {timing.target} over {timing.incumbent}", f"Start with {timing.incumbent}"
    text = "Decide now" if now.moves else keep
    waits = [p for p in timing.plans[1:] if p.name.startswith("wait")]
    cost = f"; waiting {months_in_words(waits[0].months)} {_changes(waits[0].saves_usd)}" if waits else ""
    if best is now or best.saves_usd < 1:
        return [f"{text}: for {move}, no delay or pilot is expected to save anything{cost}."]
    named = f"{best.name[0].upper() + best.name[1:]} before {move}"
    if best.saves_usd <= (best.error_usd or 0.0):
        within = f"{money(best.saves_usd)} ± {money(best.error_usd)}"
        return [f"{text}, as far as the draws can tell: {named[0].lower() + named[1:]} would save {within}{cost}."]
    ends = "the move" if timing.runs_today else timing.target
    meanwhile = "" if timing.runs_today else f"; until then {timing.incumbent} carries the load"
    return [
        f"{named}: it saves an expected {money(best.saves_usd)} (± {money(best.error_usd)}) against deciding now and ends "
        f"with {ends} in {percent(best.moves)} of draws{meanwhile}."
    ]


def _changes(saves_usd: float) -> str:
    if abs(saves_usd) < 1:
        return "changes nothing"
    return f"{'saves' if saves_usd > 0 else 'costs'} an expected {money(abs(saves_usd))}"


def labelled(sensitivity: list[dict[str, Any]] | None, used: Mapping[str, Parameter]) -> list[dict[str, Any]] | None:
    """Sensitivities with a label and unit for readers."""
    if sensitivity is None:
        return None
    units = {name: p.unit for name, p in used.items()}
    return [{**s, "label": input_label(s["input"], used), "unit": units.get(s["input"])} for s in sensitivity]
