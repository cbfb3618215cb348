"""What a withdrawn model's recommended successor costs beside it, drawn from the observed pairs near its price.

The pairs are weighed, not sorted into bands: by closeness in the logarithm of the old price, with a Gaussian kernel
(the conditional distribution of Nadaraya and Watson, 1964; Hall, Wolff and Yao, J. Amer. Statist. Assoc. 94, 1999),
so that a cent on a price moves the answer by no more than a cent. The vendor's own pairs are then given the weight
Z = n/(n + k), the rest of the weight all pairs together (Bühlmann's credibility, ASTIN Bulletin 4, 1967): n is the
kernel mass of the vendor's own pairs, one for each at the very price, and at k of them the vendor counts for half.
Bandwidth and k stand in `assumptions/price_steps.yaml`. A step is always one that was observed: nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.wording import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NODE_WIDTH = 0.01
"""Spacing of the table in log price: prices are rounded to 1 %."""


@dataclass(frozen=True)
class StepTable:
    """The distribution of steps at each node of log price, for one vendor."""

    log_price: Array
    """Nodes, evenly spaced over the observed prices; beyond them the nearest holds."""
    steps: Array
    """The observed steps, ascending, (pairs,)."""
    weights: Array
    """Weight of each at each node, (nodes, pairs); every row sums to 1."""
    _places: Array
    """Cumulative weights of all nodes in a row, node i shifted by i: one search finds node and step."""

    def node(self, usd_per_mtok: Array) -> NDArray[np.intp]:
        """The node of each price; a price of 0 has the lowest."""
        low, last = self.log_price[0], self.log_price.size - 1
        with np.errstate(divide="ignore"):
            place = (np.log(usd_per_mtok) - low) / NODE_WIDTH
        return np.asarray(np.rint(np.clip(place, 0, last)), dtype=np.intp)

    def quantile(self, usd_per_mtok: Array, u: Array) -> Array:
        """The step that a share `u` of the weight lies below, at each price; shapes as given."""
        node = self.node(usd_per_mtok)
        found = np.searchsorted(self._places, node + u, side="right") - node * self.steps.size
        return np.asarray(self.steps[np.clip(found, 0, self.steps.size - 1)])

    def pairs(self, usd_per_mtok: float) -> float:
        """How many equally weighted pairs the weights at a price are worth: Kish's (sum w)²/sum w²."""
        weights = self.weights[self.node(np.array(usd_per_mtok))]
        return float(1 / (weights**2).sum())

    def described(self, usd_per_mtok: float, least: float) -> str:
        """Expected step, P10, P90 and the evidence in words; a step below `least` counts as `least`."""
        at, steps = np.full(2, usd_per_mtok), np.maximum(self.steps, least)
        low, high = np.maximum(self.quantile(at, np.array([0.1, 0.9])), least)
        mean = float(self.weights[self.node(at[:1])[0]] @ steps)
        return (
            f"price after an unannounced withdrawal: ×{written(mean, '.2g')} expected "
            f"(P10 {written(low, '.2g')}, P90 {written(high, '.2g')}), from "
            f"{self.pairs(usd_per_mtok):.0f} observed pairs near its price; a cheaper move that is allowed caps it"
        )


def steps_at(usd_per_mtok: Array, u: Array, vendor: str, known: Assumptions) -> Array:
    """Price of the recommended successor over the old one's (blended list price), at probabilities `u`."""
    return step_table(known, vendor).quantile(usd_per_mtok, u)


@lru_cache(maxsize=64)
def step_table(known: Assumptions, vendor: str) -> StepTable:
    """Steps by price for a vendor; one without pairs of its own follows all of them."""
    ratio = known.number("price_steps.input_tokens_per_output_token")

    def blend(row: Mapping[str, float], age: str) -> float:
        return (ratio * row[f"{age}_input"] + row[f"{age}_output"]) / (ratio + 1)

    rows = [r.cells for r in known.rows("price_steps").values()]
    old, new = (np.array([blend(r, age) for r in rows]) for age in ("old", "new"))
    order = np.argsort(new / old, kind="stable")
    price, steps = np.log(old)[order], (new / old)[order]
    own = np.array([r["provider"] == vendor for r in rows])[order]

    nodes = price.min() + NODE_WIDTH * np.arange(int(np.ceil(np.ptp(price) / NODE_WIDTH)) + 1)
    near = np.exp(-0.5 * ((nodes[:, None] - price) / known.number("price_steps.bandwidth_log_price")) ** 2)
    mass = (near * own).sum(axis=1, keepdims=True)
    trust = mass / (mass + known.number("price_steps.half_trust_pairs"))
    among_own = near * own / np.where(mass > 0, mass, 1.0)
    weights = trust * among_own + (1 - trust) * near / near.sum(axis=1, keepdims=True)
    cumulative = np.cumsum(weights, axis=1)
    cumulative /= cumulative[:, -1:]
    return StepTable(nodes, steps, weights, (cumulative + np.arange(nodes.size)[:, None]).ravel())
