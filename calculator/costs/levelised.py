"""Levelised prices: present value of cost over that of what it buys, blended and apart for input and output.

Cost is split once between input and output tokens:

- token lines by what they charge for; batch lines in the proportion of the list price of input and of output;
- provisioned throughput by the units' load: input tokens against output tokens at their weight;
- GPUs, rented or owned, by the time that a replica spends on prompts and on answers at the batch it is planned for
  (prefill seconds over prefill and decode seconds), several fleets weighed by their GPU-months;
- everything else (people, set-up, migration, …) in the proportion of all of these together.

No allocation of a common cost is the only right one: idle time and people serve both. This one follows what makes the
fleet larger, so that input and output prices times their tokens add up to the whole cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.costs.flows import month_end_discount_factors
from calculator.costs.outcome import Outcome
from calculator.costs.routed import success_rate
from calculator.demand import Demand
from calculator.inputs import Inputs
from calculator.options import Option
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

INPUT_LINES = ("api_input", "api_cached_input", "api_cache_writes")
OUTPUT_LINES = ("api_output",)
BOTH_LINES = ("api_batch", "api_provisioned")
GPU_LINES = (
    *("compute", "hardware", "lease", "residual_value", "support", "power", "colocation"),
    *("cluster_and_storage", "network_egress", "software"),
)


def levelised(
    scenario: Scenario, option: Option, outcome: Outcome, load: Sequence[Demand], inputs: Inputs, reasons: dict[str, str]
) -> dict[str, Any]:
    """USD per request, per good answer, and per million input and output tokens, at base values.

    None where there is none; `reasons` then says why.
    """
    discount = month_end_discount_factors(scenario.discount_rate, scenario.horizon_months)
    npv = float(outcome.flows.total[0] @ discount)

    def pv(monthly: Array) -> float:
        return float(monthly[0] @ discount[1:])

    requests = pv(np.sum([d.requests for d in load], axis=0))
    tokens_in = pv(np.sum([d.requests * d.input_tokens[:, None] for d in load], axis=0))
    tokens_out = pv(np.sum([d.requests * d.output_tokens[:, None] for d in load], axis=0))
    share = input_share(outcome, discount)
    found: dict[str, Any] = {"usd_per_request": npv / requests}
    for side, part, tokens in (("input", share, tokens_in), ("output", None if share is None else 1 - share, tokens_out)):
        name = f"usd_per_million_{side}_tokens"
        found[name] = None if part is None or tokens <= 0 else npv * part / tokens * 1e6
        if found[name] is None:
            reasons[name] = (
                "nothing is charged by which input and output could be told apart" if tokens > 0 else f"no {side}"
            )
    succeeded = success_rate(option, inputs)
    if succeeded is None or succeeded[0][0] == 0:
        found["usd_per_successful_request"] = None
        why = "no success rate is given for this option" if succeeded is None else "no request is answered well"
        reasons["usd_per_successful_request"] = why
    else:
        good, failure = (float(x[0]) for x in succeeded)
        found["usd_per_successful_request"] = (npv + requests * (1 - good) * failure) / (requests * good)
    return found


def input_share(outcome: Outcome, discount: Array) -> float | None:
    """Share of cost that input tokens cause, see above; None where nothing says."""
    lines = outcome.flows.lines

    def pv(names: Sequence[str]) -> float:
        return sum(float(lines[n][0] @ discount) for n in names if n in lines)

    tokens, gpus = _token_share(outcome), _gpu_share(outcome)
    into, out = pv(INPUT_LINES), pv(OUTPUT_LINES)
    for usd, share in ((pv(BOTH_LINES), tokens), (pv(GPU_LINES), gpus)):
        if share is not None:
            into, out = into + usd * share, out + usd * (1 - share)
    return into / (into + out) if into + out > 0 else None


def _token_share(outcome: Outcome) -> float | None:
    """Of the bill for tokens in bulk, over the legs that are paid by the token, each alike."""
    found = [s.input_share for s in outcome.served if s.gpus is None and s.input_share is not None]
    return sum(found) / len(found) if found else None


def _gpu_share(outcome: Outcome) -> float | None:
    """Of the replicas' time, over the fleets by GPU-months."""
    fleets = [(float(np.sum(s.gpus[0])), s.input_share) for s in outcome.served if s.gpus is not None]
    known = [(gpus, share) for gpus, share in fleets if share is not None and gpus > 0]
    total = sum(gpus for gpus, _ in known)
    return sum(gpus * share for gpus, share in known) / total if total > 0 else None
