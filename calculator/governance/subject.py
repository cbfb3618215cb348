"""What is judged: one option of a scenario, with the rows of facts that speak of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from calculator.assumptions import Assumptions, Row, as_date
from calculator.governance.facts import Fact, fact
from calculator.options import ApiOption, HostedOption, OwnedOption, RentedOption, SizedOption
from calculator.scenario import Scenario

Leg = ApiOption | HostedOption | RentedOption | OwnedOption
"""An option that is judged by itself; a hybrid is judged by its legs."""


@dataclass(frozen=True)
class Subject:
    """An option on trial."""

    scenario: Scenario
    option: Leg
    known: Assumptions

    @cached_property
    def on(self) -> date:
        """The day that facts are judged at."""
        return as_date(self.scenario.as_of)

    @property
    def sees_prompts(self) -> bool:
        """Whether somebody else's model service reads the prompts."""
        return isinstance(self.option, ApiOption | HostedOption)

    @cached_property
    def operator(self) -> Row | None:
        """The facts of who runs the machines: a provider's endpoint, a GPU host; None on own servers or where unknown."""
        if isinstance(self.option, ApiOption | HostedOption):
            return provider_row(self.known, self.option.provider, self.option.endpoint, self.option.model)
        if isinstance(self.option, RentedOption) and self.option.provider is not None:
            hosts, name = self.known.rows("gpu_hosts"), _plain(self.option.provider)
            return hosts.get(name) or next((r for r in hosts.values() if name in r.list("aliases")), None)
        return None

    @cached_property
    def operator_name(self) -> str:
        """Who runs the machines, in words."""
        if isinstance(self.option, OwnedOption):
            return "own servers"
        if self.operator is not None:
            return self.operator.text("name")
        return getattr(self.option, "provider", None) or "a host that is not chosen yet"

    def of_operator(self, column: str) -> Fact:
        """A fact of the operator at the scenario's date."""
        return fact(self.operator, column, self.on)

    @cached_property
    def weights(self) -> str | None:
        """The open weights that are served; None behind a proprietary API or where an offer does not say."""
        if isinstance(self.option, SizedOption):
            return self.option.weights
        if isinstance(self.option, HostedOption):
            offer = self.known.rows("offers").get(f"{self.option.provider}/{self.option.model}")
            named = self.option.weights or (offer.text("weights", None) if offer is not None else None)
            return named or (self.option.model if released_row(self.known, self.option.model) is not None else None)
        return None

    @cached_property
    def released(self) -> Row | None:
        """The facts of the model version's release: developer, licence."""
        return released_row(self.known, self.weights) if self.weights is not None else None

    @cached_property
    def licence(self) -> Row | None:
        """The licence of the model version."""
        name = self.released.text("licence", None) if self.released is not None else None
        return self.known.rows("licences").get(name) if name is not None else None

    def of_licence(self, column: str) -> Fact:
        """A fact of the licence at the scenario's date."""
        return fact(self.licence, column, self.on)

    @cached_property
    def developer(self) -> Row | None:
        """Who made the model: its home and its own names in `developers`."""
        rows = self.known.rows("developers")
        if self.released is not None:
            named = self.released.text("developer", "")
            return rows.get(named) or next((r for r in rows.values() if r.text("name") == named), None)
        model = self.weights or getattr(self.option, "model", None) or ""
        return next((r for r in rows.values() if any(_plain(model).startswith(p) for p in r.list("models"))), None)


def _plain(name: str) -> str:
    return name.lower().rsplit("/", 1)[-1].replace("_", "-")


def provider_row(known: Assumptions, provider: str, endpoint: str | None, model: str = "") -> Row | None:
    """The row that speaks of a provider's endpoint and model, the most particular first; aliases count."""
    rows = known.rows("providers")
    names = {alias: key for key, row in rows.items() for alias in (key, *row.list("aliases"))}
    name, place = _plain(provider), "" if endpoint is None else endpoint.lower().replace("-", "_")
    key = names.get(name, name)
    base = key.split("@")[0]
    family = next((k for k in rows if k.startswith(f"{base}/") and _plain(model).startswith(k.split("/")[1])), None)
    for candidate in (family, f"{base}@{place}", f"{name}@{place}", key):
        if candidate is not None and names.get(candidate, candidate) in rows:
            return rows[names.get(candidate, candidate)]
    return None


def released_row(known: Assumptions, weights: str) -> Row | None:
    """The release of a model version by any of its names; its row in `models` where no release is kept."""
    rows = known.rows("releases")
    if weights in rows:
        return rows[weights]
    plain = _plain(weights)
    for row in rows.values():
        if plain in (row.key, *(_plain(a) for a in row.list("aliases"))):
            return row
    sized = known.rows("models")
    match = sized.get(weights) or next((r for r in sized.values() if _plain(r.text("hf_id", "")) == plain), None)
    return None if match is None else rows.get(match.key, match)
