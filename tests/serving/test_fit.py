"""The fit finds what made the measurements, stays at its priors without them, and writes what it found."""

from dataclasses import replace

import pytest

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.serving import Coefficients, output_tokens_per_second, resolve_precision
from calculator.serving.fit import Prior, fit, priors, row_weights, shape_of, with_values
from calculator.serving.measured import Measurement, Table, cases_of, predict
from calculator.serving.silicon import model_id, silicon_measurements, silicon_path

KNOWN = load_assumptions()
C = Coefficients.read(KNOWN.number)
MODELS = ("llama-3.1-8b", "llama-3.1-70b", "qwen3-235b-a22b", "deepseek-r1")


def table(truth: Coefficients) -> Table:
    """Rows that a world of these coefficients would give."""
    rows = [
        Measurement(
            *("s", "2026-02-01", model, gpu, 8, 8, None, None, None, "fp8", "vllm"),
            *(float(isl), 512.0, "closed loop", float(concurrency), None, 1.0),
        )
        for model in MODELS
        for gpu in ("h100-sxm", "b200-sxm", "h200-sxm")
        for isl in (512, 8192)
        for concurrency in (1, 4, 16, 64, 256)
    ]
    cases, rest = cases_of(rows, KNOWN)
    assert not rest
    rates = predict(Table.of(cases, truth), truth).tokens_per_second
    measured = [
        replace(c, measurement=replace(c.measurement, output_tokens_per_s=float(r)))
        for c, r in zip(cases, rates, strict=True)
    ]
    return Table.of(measured, truth)


def test_the_fit_finds_what_made_the_rows() -> None:
    truth = replace(C, mbu_experts=0.5, layer_overhead_us=60.0)
    free = {"mbu_experts": Prior(0.8, 1.0), "layer_overhead_us": Prior(30.0, 1.0), "mfu_prefill": Prior(0.5, 1.0)}
    found = fit(table(truth), C, free)
    assert found.mbu_experts == pytest.approx(0.5, rel=0.05)
    assert found.layer_overhead_us == pytest.approx(60, rel=0.05)
    assert found.mbu_kv == C.mbu_kv


def test_firm_priors_hold() -> None:
    found = fit(table(replace(C, mbu_experts=0.5)), C, {"mbu_experts": Prior(0.8, 1e-3)})
    assert found.mbu_experts == pytest.approx(0.8, rel=0.02)


def test_too_few_rows_are_refused() -> None:
    few = table(C).select([True] * 10 + [False] * 110)
    with pytest.raises(InputError, match="only 10 measurements"):
        fit(few, C, {"mbu_kv": Prior(0.7, 0.2)})


def test_every_prior_names_a_coefficient_near_its_fitted_value() -> None:
    for name, prior in priors(KNOWN).items():
        assert 0.3 < float(getattr(C, name)) / prior.value < 3, name


def test_models_of_one_shape_go_together_and_weigh_by_their_rows() -> None:
    both = table(C)
    assert len(set(shape_of(both))) == len(MODELS)
    assert row_weights(both).sum() == pytest.approx(1)


def test_values_are_written_in_place() -> None:
    text = "parameters:\n  a:\n    note: >-\n      value: 3\n    value: 1\n  ab:\n    value: 2\n"
    assert with_values(text, {"ab": 5.0}) == text.replace("value: 2", "value: 5")
    assert with_values(text, {"a": 7.0}).count("value: 7") == 1


def test_the_table_path_and_the_capacity_path_agree() -> None:
    case = cases_of([m.measurement for m in table(C).cases[:30]], KNOWN)[0]
    rates = predict(Table.of(case, C), C).tokens_per_second
    for c, rate in zip(case, rates, strict=True):
        m, precision = c.measurement, resolve_precision("fp8", c.gpu, c.architecture)
        assert m.isl and m.osl and m.concurrency
        ours = output_tokens_per_second(c.architecture, c.gpu, 8, precision, m.isl, m.osl, m.concurrency, C)
        assert rate == pytest.approx(ours, rel=1e-9)


def test_ids_of_models_by_path() -> None:
    assert model_id("nvidia/Llama-3.1-8B-Instruct-FP8", {}) == "llama-3.1-8b"
    assert model_id("nvidia/DeepSeek-V3.1-NVFP4", {}) == "deepseek-v3.1"
    assert model_id("Acme/X", {"acme/x": "x-1b"}) == "x-1b"


@pytest.mark.skipif(silicon_path() is None, reason="needs the extra `silicon`")
def test_shipped_measurements_can_be_modelled() -> None:
    rows = silicon_measurements(KNOWN)
    cases, rest = cases_of(rows, KNOWN)
    assert len(cases) > 3500
    assert len(rest) < 0.02 * len(rows)
    assert len({c.measurement.model for c in cases}) >= 11
