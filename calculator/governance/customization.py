"""How far an option can be made one's own: from prompts over adapters to one's own number format and engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from calculator.assumptions import Assumptions, Parameter, Row, Source, as_date
from calculator.governance.gate import Gate, Outcome
from calculator.governance.subject import Subject, released_row
from calculator.options import HostedOption, HybridOption, Option, SizedOption
from calculator.scenario import Scenario

Answer = Literal["yes", "no", "unknown"]
_WORST_FIRST: tuple[Answer, ...] = ("no", "unknown", "yes")
_OUTCOMES: dict[Answer, Outcome] = {"yes": "pass", "no": "fail", "unknown": "needs_evidence"}
LEVELS = {
    "prompt": "prompting, retrieval, tools",
    "adapter": "an adapter (LoRA) or supervised fine-tuning",
    "full_fine_tune": "training of all weights",
    "continued_pretraining": "continued pre-training on own text",
    "own_quantization": "own number format, draft model and engine",
}
"""The ladder, least first."""


@dataclass(frozen=True)
class Level:
    """Whether one step of the ladder is open to an option, and how that is known."""

    name: str
    answer: Answer
    statement: str
    source: Source | None = None
    as_of: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "level": self.name,
            "title": LEVELS[self.name],
            "answer": self.answer,
            "statement": self.statement,
            "source": self.source.as_dict() if self.source else None,
            "as_of": self.as_of,
        }


@dataclass(frozen=True)
class Customization:
    """Every step of the ladder for one option."""

    levels: tuple[Level, ...]

    def answer(self, name: str) -> Answer:
        """yes, no or unknown."""
        return next(level.answer for level in self.levels if level.name == name)

    @property
    def deepest(self) -> str:
        """The last step that is open for certain."""
        return next(level.name for level in reversed(self.levels) if level.answer == "yes")

    def as_dict(self) -> dict[str, Any]:
        return {"deepest": self.deepest, "levels": [level.as_dict() for level in self.levels]}


def customization(scenario: Scenario, option: Option, known: Assumptions) -> Customization:
    """What an option allows at the start of the horizon; a hybrid allows what both its legs do."""
    prompt = Level("prompt", "yes", "every route takes prompts")
    if isinstance(option, HybridOption):
        legs = [customization(scenario, scenario.option(leg), known).levels for leg in option.legs]
        return Customization(
            tuple(min(pair, key=lambda x: _WORST_FIRST.index(x.answer)) for pair in zip(*legs, strict=True))
        )
    names = list(LEVELS)[1:]
    if isinstance(option, SizedOption):
        return Customization((prompt, *(_by_licence(scenario, option.weights, known, name) for name in names)))
    row = provider_row(known, option.provider, option.endpoint)
    return Customization((prompt, *(_by_provider(scenario, option, row, known, name) for name in names)))


def weights_of(option: Option, known: Assumptions) -> str | None:
    """The open weights behind an option; None behind a proprietary model or a hybrid."""
    if isinstance(option, SizedOption):
        return option.weights
    if isinstance(option, HostedOption):
        offer = known.rows("offers").get(f"{option.provider}/{option.model}")
        return option.weights or (offer.text("weights", None) if offer is not None else None) or option.model
    return None


def licence_of(weights: str | None, known: Assumptions) -> Row | None:
    """The licence of a model version; None where it is not on record."""
    release = released_row(known, weights) if weights is not None else None
    return known.rows("licences").get(release.text("licence", "")) if release is not None else None


def provider_row(known: Assumptions, provider: str, endpoint: str | None) -> Row | None:
    """What the provider's endpoint, else the provider, lets customers train."""
    rows = known.rows("customization")
    return rows.get(f"{provider}@{endpoint}") or rows.get(provider)


def _current(fact: Parameter, scenario: Scenario) -> bool:
    return fact.age_days(as_date(scenario.as_of)) <= fact.valid_days


def _by_licence(scenario: Scenario, weights: str, known: Assumptions, name: str) -> Level:
    licence = licence_of(weights, known)
    if licence is None or "fine_tune" not in licence:
        return Level(name, "unknown", f"no licence facts for {weights}")
    fact = licence.parameter("fine_tune")
    answer: Answer = "yes" if fact.value == "yes" else "no" if fact.value == "no" else "unknown"
    if not _current(fact, scenario):
        answer = "unknown"
    words = {"yes": "lets derivatives be made", "no": "forbids derivatives", "unknown": "must be read by counsel on this"}
    return Level(name, answer, f"own GPUs; the licence ({licence.text('name')}) {words[answer]}", fact.source, fact.as_of)


def _by_provider(scenario: Scenario, option: Any, row: Row | None, known: Assumptions, name: str) -> Level:
    if name == "own_quantization":
        return Level(name, "no", f"{option.provider} decides on format and engine")
    if row is None or name not in row:
        return Level(name, "unknown", f"not known what {option.provider} lets customers train")
    fact = row.parameter(name)
    if not _current(fact, scenario):
        return Level(name, "unknown", f"what is known of {option.provider} is older than {fact.valid_days} days")
    answer: Answer = "yes" if fact.value == "yes" else "no" if fact.value == "no" else "unknown"
    note = row.text("conditions", "")
    model = weights_of(option, known) or option.model
    last = row.text("last_day_to_train", None)
    if answer == "yes" and last is not None and scenario.start > last[:7]:
        answer, note = "no", f"{option.provider} takes no new training jobs after {last}; {note}"
    elif answer == "yes" and not any(fnmatchcase(model, pattern) for pattern in row.list("trainable_models")):
        answer, note = "unknown", f"{model} is not among the models that {option.provider} is known to train"
    elif answer == "yes" and last is not None:
        note = f"last day to start a training job {last}: it cannot be redone later; {note}"
    return Level(name, answer, note, fact.source, fact.as_of)


def fine_tuning_gates(subject: Subject) -> Iterator[Gate]:
    """Whether the provider trains the model as the option plans it; own GPUs are the licence's matter (LIC-06)."""
    scenario, option, known = subject.scenario, subject.option, subject.known
    if option.fine_tuning is None or isinstance(option, SizedOption):
        return
    level = next(x for x in customization(scenario, option, known).levels if x.name == "adapter")
    outcome = _OUTCOMES[level.answer]
    row = provider_row(known, option.provider, option.endpoint)
    last = row.text("last_day_to_train", None) if row is not None else None
    if outcome == "pass" and last is not None and option.fine_tuning.repeats_per_year > 0:
        outcome = "fail"
    remedy = "" if outcome == "pass" else "the provider's statement that it trains this model for the time of use"
    yield Gate("CUST-01", outcome, level.statement, source=level.source, as_of=level.as_of, remedy=remedy)


def exportable(scenario: Scenario, option: Option, known: Assumptions) -> Answer:
    """Whether what was trained can be taken to another host."""
    if isinstance(option, SizedOption):
        return "yes"
    if isinstance(option, HybridOption):
        both = [exportable(scenario, scenario.option(leg), known) for leg in option.legs]
        return min(both, key=_WORST_FIRST.index)
    row = provider_row(known, option.provider, option.endpoint)
    value = row.text("exportable", "unknown") if row is not None else "unknown"
    return "yes" if value == "yes" else "no" if value == "no" else "unknown"
