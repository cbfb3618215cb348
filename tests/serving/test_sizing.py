"""Options of a scenario on the shipped assumptions."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import RentedOption
from calculator.scenario import Slo
from calculator.serving import (
    Architecture,
    Coefficients,
    capacity_of,
    model_row,
    modelling_gap,
    size_option,
    sizing_dict,
)


@dataclass(frozen=True)
class Workload:
    slo: Slo = field(default_factory=Slo)
    guard_model: str | None = None


@dataclass(frozen=True)
class Load:
    """What sizing reads of a Demand."""

    input_tokens: np.ndarray = field(default_factory=lambda: np.array([1155.0]))
    output_tokens: np.ndarray = field(default_factory=lambda: np.array([211.0]))
    cached_share: np.ndarray = field(default_factory=lambda: np.array([0.35]))
    burst_ratio: np.ndarray = field(default_factory=lambda: np.array([2.0]))
    hour_weights: np.ndarray = field(default_factory=lambda: np.full(168, 1 / 168))
    workload: Workload = field(default_factory=Workload)

    def interactive_requests_per_second(self, hours_per_month: float) -> np.ndarray:
        return np.full((1, 3), 5.0)

    def batch_requests_per_second(self, hours_per_month: float) -> np.ndarray:
        return np.zeros((1, 3))


@dataclass(frozen=True)
class Factors:
    input: np.ndarray = field(default_factory=lambda: np.ones(1))
    output: np.ndarray = field(default_factory=lambda: np.ones(1))


def option(**given: object) -> RentedOption:
    return RentedOption.model_validate(
        {"id": "x", "route": "rented", "weights": "llama-3.1-70b", "gpu": "h100-sxm", **given}
    )


def test_an_option_is_laid_out_and_serves() -> None:
    inputs = Inputs(load_assumptions())
    sizing = size_option(option(precision="fp8"), [Load()], Factors(), inputs)  # type: ignore[list-item]
    capacity = capacity_of(sizing, Load(), Factors(), inputs)  # type: ignore[arg-type]
    assert capacity.usable
    assert sizing.gpus_per_replica == sizing.tp
    data = sizing_dict(sizing, [capacity])
    parts = data["weights_gib"] + data["kv_gib"] + data["reserve_gib"] + data["free_gib"]
    assert parts == pytest.approx(data["memory_gib"])
    assert data["tpot_ms"] <= 50
    assert {"serving.mfu_prefill", "serving.throughput_ratio", "gpus.h100-sxm.memory_gib"} <= set(inputs.used)


def test_draws_widen_capacity() -> None:
    known = load_assumptions()
    point = Inputs(known)
    sizing = size_option(option(), [Load()], Factors(), point)  # type: ignore[list-item]
    base = capacity_of(sizing, Load(), Factors(), point)  # type: ignore[arg-type]
    drawn = Inputs(known, draws=64, seed=1, known=sorted(point.uncertain))
    served = capacity_of(sizing, Load(), Factors(), drawn).requests_per_second  # type: ignore[arg-type]
    assert served.shape == (64,)
    low, high = np.quantile(served / base.requests_per_second, [0.1, 0.9])
    assert low < 0.9
    assert high > 1.1


def test_hugging_face_ids_are_known() -> None:
    known = load_assumptions()
    assert model_row(known, known.row("models", "llama-3.1-70b").text("hf_id")).key == "llama-3.1-70b"
    with pytest.raises(InputError, match=r"llama-3\.1"):
        model_row(known, "llama-3.1-70")


def test_bad_options_name_the_option() -> None:
    inputs = Inputs(load_assumptions())
    for given, word in (
        ({"weights": "nothing"}, "options.x.weights"),
        ({"gpu": "h1000"}, "options.x.gpu"),
        ({"tensor_parallel": 3}, "options.x.tensor_parallel"),
        ({"weights": "llama-3.1-405b", "precision": "bf16", "gpu": "gh200"}, "options.x: .* GiB are available"),
        ({"weights": "qwen3-32b"}, "40,960 tokens of context"),
    ):
        long = replace(Load(), input_tokens=np.array([50_000.0])) if "qwen" in str(given) else Load()
        with pytest.raises(InputError, match=word):
            size_option(option(**given), [long], Factors(), inputs)  # type: ignore[list-item]


def test_every_listed_model_is_sized_or_says_why() -> None:
    known = load_assumptions()
    sized = 0
    for row in known.rows("models").values():
        if modelling_gap(row) is None:
            model = Architecture.from_row(row)
            assert model.kv_bytes_per_token(2) > 0
            assert 0 < model.active_share <= 1
            sized += 1
    assert sized >= 20


def test_every_coefficient_has_its_assumption() -> None:
    known = load_assumptions()
    assert Coefficients.read(known.number).mfu_prefill == known.number("serving.mfu_prefill")
