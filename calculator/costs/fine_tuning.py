"""What a fine-tune costs: people who prepare and check it, training, dearer tokens afterwards, doing it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import Flows, escalation
from calculator.costs.legs import Leg
from calculator.governance.customization import weights_of
from calculator.governance.switching import usd_per_engineer_week
from calculator.inputs import Inputs
from calculator.options import ApiOption, FineTuning, HostedOption, HybridOption, Option, SizedOption
from calculator.scenario import Scenario
from calculator.serving import model_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TRAINING_GPU = "h100-sxm"
"""Own training runs are priced on this GPU at its market rent, whichever GPU serves."""
TOKEN_LINES = ("api_input", "api_cached_input", "api_cache_writes", "api_output", "api_batch")
SECONDS_PER_HOUR = 3600


def add_fine_tuning(flows: Flows, scenario: Scenario, option: Option, legs: Sequence[Leg], inputs: Inputs) -> None:
    """The first fine-tune now, repeats spread evenly over the months, the premium on a proprietary API's tokens.

    A repeat costs the training again and the share of the people's effort that does not carry over. A hybrid fine-tunes
    each leg that says so, or its base where the hybrid itself says so; what both legs serve is tuned once.
    """
    done: set[str] = set()
    for leg in legs:
        plan = leg.option.fine_tuning
        if isinstance(option, HybridOption) and leg.option.id == option.base and option.fine_tuning is not None:
            plan = option.fine_tuning
        if plan is None or leg.model in done or not leg.until_end:
            continue
        done.add(leg.model)
        people = leg.used * people_usd(leg.option, plan, inputs)
        training = leg.used * training_usd(leg.option, plan, inputs)
        flows.add_at("fine_tuning", 0, np.asarray(people + training))
        kind = "closed" if isinstance(leg.option, ApiOption) else "open"
        anew = people * (1 - inputs.number(f"switching.fine_tune_portable_share_{kind}")) + training
        if plan.repeats_per_year:
            wages = escalation(inputs.number("staffing.wage_escalation_per_year"), scenario.horizon_months)
            flows.add_monthly("fine_tuning", anew[:, None] * plan.repeats_per_year / 12 * wages)
        if isinstance(leg.option, ApiOption):
            premium = inputs.number("customization.api_inference_ratio") - 1
            for line in TOKEN_LINES:
                if line in flows.lines:
                    flows.add_flows("fine_tuning", flows.lines[line] * premium[:, None])


def people_usd(option: Option, plan: FineTuning, inputs: Inputs) -> Array:
    """Data preparation, training and evaluation by people, (draws,)."""
    weeks = inputs.given(f"options.{option.id}.fine_tuning.engineer_weeks", plan.engineer_weeks)
    return np.asarray(weeks * usd_per_engineer_week(inputs))


def training_usd(option: Option, plan: FineTuning, inputs: Inputs) -> Array:
    """The training run, (draws,): tokens x price at a provider, GPU hours x market rent on own account."""
    tokens = inputs.given(f"options.{option.id}.fine_tuning.training_tokens", plan.training_tokens)
    if isinstance(option, SizedOption):
        usd = inputs.cell(inputs.assumptions.row("gpu_rental", f"market/{TRAINING_GPU}/any/on_demand"), "usd_per_gpu_hour")
        return np.asarray(training_gpu_hours(option.weights, tokens, inputs) * usd)
    if isinstance(option, HostedOption):
        return np.asarray(
            tokens / 1e6 * inputs.number(f"customization.hosted_training_usd_per_mtok_{_bracket(option, inputs)}")
        )
    return np.asarray(tokens / 1e6 * inputs.number("customization.api_training_usd_per_mtok"))


def training_gpu_hours(weights: str, tokens: Array, inputs: Inputs) -> Array:
    """FLOP a parameter and token x active parameters x tokens / (peak x utilization), in hours of one GPU."""
    model, gpu = model_row(inputs.assumptions, weights), inputs.assumptions.row("gpus", TRAINING_GPU)
    flop = inputs.number("customization.training_flop_per_parameter_and_token") * tokens
    flop = flop * inputs.cell(model, "active_parameters_billion") * 1e9
    per_second = inputs.cell(gpu, "bf16_dense_tflops") * 1e12 * inputs.number("customization.training_utilization")
    return np.asarray(flop / per_second / SECONDS_PER_HOUR)


def _bracket(option: HostedOption, inputs: Inputs) -> str:
    row = inputs.assumptions.rows("models").get(weights_of(option, inputs.assumptions) or "")
    billions = row.number("total_parameters_billion", None) if row is not None else None
    if billions is None or billions > 69:
        return "larger"
    return "up_to_16b" if billions <= 16 else "up_to_69b"
