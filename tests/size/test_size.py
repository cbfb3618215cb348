"""Sizing one model, as a user asks for it."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.serving import Architecture, Coefficients, Gpu
from calculator.serving.layout import Work
from calculator.serving.placement import placed_capacity
from calculator.serving.search import Terms, precisions_to_try, search
from calculator.size import Question, as_dict, size

QUESTION = Question("gpt-oss-120b", 4000, 500, 10, 50, 2000)


def test_search_agrees_with_each_layout_by_itself() -> None:
    known = load_assumptions()
    coefficients = Coefficients.read(known.number)
    work = Work(4000, 500, 0.2, 50, 10)
    gpus = {k: Gpu.from_row(r) for k, r in known.rows("gpus").items()}
    for name in ("gpt-oss-120b", "llama-3.1-70b", "qwen3-235b-a22b", "deepseek-v3"):
        model = Architecture.from_row(known.row("models", name))
        found = search(model, gpus, precisions_to_try(model), work, coefficients, Terms(0.75, pipeline_efficiency=0.8))
        seen = 0
        for c in found:
            alone = placed_capacity(
                model, c.gpu, c.placement, c.precision, 4000, 500, 0.2, 50, coefficients, pipeline_efficiency=0.8
            )
            assert alone.usable == c.usable, (name, c)
            if c.usable:
                assert c.requests_per_second == pytest.approx(float(alone.requests_per_second[0]), rel=1e-9), c
                assert c.batch == float(alone.batch[0])
                assert c.tpot_ms == pytest.approx(float(alone.tpot_ms[0]))
                seen += 1
        assert seen > 10


def test_the_fleet_carries_the_load_below_its_limit() -> None:
    known = load_assumptions()
    answer = size(QUESTION, known)
    costs = [s.usd_per_month for s in answer.layouts if s.usd_per_month is not None]
    assert costs == sorted(costs)
    for sized in answer.layouts:
        planned = sized.layout.requests_per_second * sized.layout.utilization_limit
        assert (sized.replicas - 1) * planned < QUESTION.rate <= sized.replicas * planned * (1 + 1e-6)
        assert sized.layout.tpot_ms <= 50
        assert sized.layout.ttft_ms <= 2000
        assert sized.layout.utilization_limit <= known.number("serving.utilization_limit")


def test_a_tighter_first_token_takes_at_least_as_many_replicas() -> None:
    known = load_assumptions()
    loose = size(replace(QUESTION, gpu="h100-sxm", tp=1, ttft_ms=None), known).best
    tight = size(replace(QUESTION, gpu="h100-sxm", tp=1, ttft_ms=loose.layout.ttft_ms * 0.5), known).best
    assert tight.replicas > loose.replicas
    assert tight.layout.ttft_ms <= loose.layout.ttft_ms * 0.7


def test_what_does_not_fit_one_node_runs_over_several() -> None:
    known = load_assumptions()
    best = size(Question("llama-3.1-405b", 1000, 500, 1, 100, gpu="h100-sxm", precision="bf16"), known).best
    assert best.layout.placement.nodes >= 2
    data = as_dict(size(Question("llama-3.1-405b", 1000, 500, 1, 100, gpu="h100-sxm", precision="bf16"), known), known)
    room = data["best"]["memory_gib"]
    assert room["weights"] == pytest.approx(405.85e9 * 2 / 2**30, rel=0.01)
    assert room["weights"] + room["kv"] + room["reserve"] + room["free"] == pytest.approx(room["total"])
    assert room["weights"] + room["kv"] + room["reserve"] <= room["usable"] * (1 + 1e-9)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weights": "gpt-oss-120"}, "did you mean"),
        ({"gpu": "h1000"}, "--gpu"),
        ({"tp": 3}, "does not divide the 64 attention heads"),
        ({"isl": 1e7}, "131,072 tokens of context"),
        ({"precision": "fp3"}, "unknown number format"),
        ({"weights": "llama-3.1-405b", "gpu": "l4", "tp": 2}, "the smallest that fits is . x"),
        ({"tpot_ms": 0.1}, "are allowed"),
        ({"ttft_ms": 0.1}, "idle replica"),
        ({"gpu": "h100-sxm", "provider": "nobody"}, "no on-demand price"),
    ],
)
def test_bad_questions_get_one_clear_line(given: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        size(replace(QUESTION, **given), load_assumptions())  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "calculator.cli", "size", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_prints_what_its_schema_says() -> None:
    from calculator.schemas import size_schema

    asked = ["--isl", "4000", "--osl", "500", "--rate", "10", "--tpot", "50", "--ttft", "2000"]
    done = _run("--weights", "openai/gpt-oss-120b", "--gpu", "h100-sxm", *asked, "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    required = size_schema()["properties"]["best"]["required"]
    assert set(required) <= set(data["best"])
    assert set(size_schema()["required"]) == set(data)
    assert data["best"]["gpu"] == "h100-sxm"
    low, high = (data["best"]["tokens_per_second_range"][k] for k in ("low", "high"))
    assert low < data["best"]["tokens_per_second_per_replica"] < high
    text = _run("--weights", "openai/gpt-oss-120b", *asked)
    assert text.returncode == 0
    assert "no fp4 units" in _run("--weights", "gpt-oss-120b", "--gpu", "h100-sxm", *asked).stdout
    assert "not 1 x a100-sxm-40gb in fp4: needs" in text.stdout


def test_nonsense_on_the_command_line_is_one_line() -> None:
    for arguments in (["--weights", "x", "--isl", "-1"], ["--weights", "x", "--isl", "nan", "--osl", "1", "--rate", "1"]):
        done = _run(*arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
