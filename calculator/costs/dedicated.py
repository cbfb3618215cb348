"""A host's dedicated endpoint: its GPUs for one model alone, paid by the hour and scaled with the load."""

from __future__ import annotations

from calculator.errors import InputError, unknown_name
from calculator.inputs import Inputs
from calculator.options import HostedOption, RentedOption
from calculator.quantities import Range, base
from calculator.wording import dollars


def as_rented(option: HostedOption, weights: str, inputs: Inputs) -> RentedOption:
    """The endpoint as GPUs rented on demand at the host's price for dedicated use.

    The price is the contract's, else the host's published one; InputError where neither is known.
    """
    known, where = inputs.assumptions, f"options.{option.id}"
    if option.gpu is None:
        raise InputError(f"{where}.gpu: a dedicated endpoint is paid by the GPU-hour; name the GPU, such as h100-sxm")
    known.row("gpus", option.gpu, f"{where}.gpu")
    if weights not in known.rows("models"):
        raise unknown_name(f"{where}.weights", "open-weight model", weights, known.rows("models"))
    price = option.contract.usd_per_gpu_hour
    if price is None:
        row = known.rows("dedicated").get(f"{option.provider}/{option.gpu}")
        if row is None:
            mine = sorted(r.text("gpu") for r in known.rows("dedicated").values() if r.text("provider") == option.provider)
            hint = f"it publishes {', '.join(mine)}" if mine else "it publishes none that is known here"
            raise InputError(
                f"{where}.gpu: no price of {option.provider} for a dedicated {option.gpu}; {hint}; "
                "set contract.usd_per_gpu_hour to your quote"
            )
        parameter = row.parameter("usd_per_gpu_hour")
        inputs.used.setdefault(parameter.id, parameter)
        low, high = parameter.low, parameter.high
        price = parameter.number if low is None or high is None else Range(low=low, base=parameter.number, high=high)
    return RentedOption(
        id=option.id,
        route="rented",
        weights=weights,
        gpu=option.gpu,
        precision=option.precision,
        region=option.region,
        reasoning_effort=option.reasoning_effort,
        input_token_factor=option.input_token_factor,
        output_token_factor=option.output_token_factor,
        contract=option.contract.model_copy(update={"usd_per_gpu_hour": price}),
    )


def dedicated_note(option: object, endpoint: RentedOption) -> str:
    """What is said of the price."""
    price = endpoint.contract.usd_per_gpu_hour
    stated = isinstance(option, HostedOption) and option.contract.usd_per_gpu_hour is not None
    words = "of the contract in the scenario" if stated else "published by the host"
    usd = 0.0 if price is None else base(price)
    return f"dedicated {endpoint.gpu} at {dollars(usd, 2)} a GPU-hour, {words}; it scales with the load"
