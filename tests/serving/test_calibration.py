"""Own measurements: files of the usual tools, and what they make of the model."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.serving import Architecture, Coefficients, Gpu, capacity_of, resolve_precision, size_option, sizing_dict
from calculator.serving.benchmark_files import Point, parse_benchmark, read_benchmark
from calculator.serving.calibration import calibrate
from calculator.serving.capacity import output_tokens_per_second

from .test_sizing import Factors, Load, option

VLLM = {
    "date": "20261101-101500",
    "endpoint_type": "openai",
    "model_id": "openai/gpt-oss-120b",
    "num_prompts": 320,
    "request_rate": "inf",
    "burstiness": 1.0,
    "max_concurrency": 32,
    "duration": 120.0,
    "completed": 320,
    "failed": 0,
    "total_input_tokens": 320_000,
    "total_output_tokens": 160_000,
    "request_throughput": 2.6667,
    "output_throughput": 1333.3,
    "total_token_throughput": 4000.0,
    "mean_ttft_ms": 210.0,
    "mean_tpot_ms": 23.1,
}
AIPERF = {
    "schema_version": "1.4",
    "aiperf_version": "0.13.0",
    "request_throughput": {"unit": "requests/sec", "avg": 2.5},
    "request_latency": {"unit": "ms", "avg": 6400.0, "p50": 6300.0},
    "output_token_throughput": {"unit": "tokens/sec", "avg": 1250.0},
    "input_sequence_length": {"unit": "tokens", "avg": 1000.0},
    "output_sequence_length": {"unit": "tokens", "avg": 500.0},
    "input_config": {
        "phases": [
            {"name": "warmup", "type": "concurrency", "concurrency": 4},
            {"name": "profiling", "type": "concurrency", "concurrency": 16},
        ]
    },
}
AIPERF_CSV = """Metric,avg,min,max,sum,p1,p50,p99,std
Input Sequence Length (tokens),1000.00,990.00,1010.00,160000.00,990.00,1000.00,1010.00,5.00
Output Sequence Length (tokens),500.00,500.00,500.00,80000.00,500.00,500.00,500.00,0.00
Request Latency (ms),"6400.00",5900.00,7000.00,1024000.00,5950.00,6380.00,6990.00,210.00

Metric,Value
Output Token Throughput (tokens/sec),1250.00
Request Throughput (requests/sec),2.50
"""


def _guidellm(streams: int, speed: float) -> dict[str, object]:
    def summary(mean: float) -> dict[str, object]:
        return {"successful": {"mean": mean, "median": mean}, "errored": {"mean": 0.0}}

    return {
        "type_": "generative_benchmark",
        "config": {"strategy": {"type_": "concurrent", "streams": streams}},
        "metrics": {
            "request_concurrency": summary(streams * 0.98),
            "output_tokens_per_second": summary(speed),
            "prompt_token_count": summary(1000.0),
            "output_token_count": summary(500.0),
        },
    }


GUIDELLM_CSV = """Run Info,Benchmark,Server Throughput,Token Metrics,Token Metrics,Token Throughput
Run ID,Strategy,Successful Concurrency,Successful Input Tokens,Successful Output Tokens,Successful Output Tokens/Sec
,,Mean,Mean,Mean,Mean
a,concurrent@8,7.9,1000.0,500.0,640.0
a,concurrent@16,15.8,1000.0,500.0,1180.0
"""


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (json.dumps(VLLM), [Point(32, 1333.3, 1000, 500)]),
        (json.dumps(VLLM) + "\n" + json.dumps({**VLLM, "max_concurrency": 8, "output_throughput": 500.0}) + "\n",
         [Point(32, 1333.3, 1000, 500), Point(8, 500, 1000, 500)]),
        (json.dumps({**VLLM, "max_concurrency": None, "mean_e2el_ms": 12_000}), [Point(32.0004, 1333.3, 1000, 500)]),
        (json.dumps({"benchmarks": [_guidellm(8, 640.0), _guidellm(16, 1180.0)]}),
         [Point(8, 640, 1000, 500), Point(16, 1180, 1000, 500)]),
        (GUIDELLM_CSV, [Point(7.9, 640, 1000, 500), Point(15.8, 1180, 1000, 500)]),
        (json.dumps(AIPERF), [Point(16, 1250, 1000, 500)]),
        (json.dumps({**AIPERF, "input_config": {"loadgen": {"concurrency": 12}}}), [Point(12, 1250, 1000, 500)]),
        (AIPERF_CSV, [Point(16, 1250, 1000, 500)]),
        ("\ufeffconcurrency,output_tokens_per_second\n8,640\n16,1180\n", [Point(8, 640), Point(16, 1180)]),
        ("max_concurrency,output_throughput,total_input_tokens,total_output_tokens,completed\n4,300,8000,4000,8\n",
         [Point(4, 300, 1000, 500)]),
    ],
)  # fmt: skip
def test_what_tools_write_is_read(text: str, points: list[Point]) -> None:
    found = parse_benchmark(text.encode())
    assert len(found) == len(points)
    for ours, theirs in zip(found, points, strict=True):
        assert ours.concurrency == pytest.approx(theirs.concurrency, rel=1e-4)
        assert ours.output_tokens_per_second == theirs.output_tokens_per_second
        assert (ours.input_tokens, ours.output_tokens) == (theirs.input_tokens, theirs.output_tokens)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[" * 100_000, b"\xff\xfe\x00", b"{}", b"a,b\n1,2\n", b'{"max_concurrency": -1}', b"[1, null]"]
)
def test_what_is_no_benchmark_gets_one_line(raw: bytes) -> None:
    with pytest.raises(InputError) as caught:
        parse_benchmark(raw, "file")
    assert str(caught.value).startswith("file: ")
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200))
def test_no_bytes_surprise(raw: bytes) -> None:
    try:
        points = parse_benchmark(raw)
    except InputError:
        return
    assert all(p.concurrency > 0 and p.output_tokens_per_second > 0 for p in points)


def test_missing_files_say_so() -> None:
    with pytest.raises(InputError, match="no such file"):
        read_benchmark("nowhere.json")


def _model(point: Point) -> float:
    known = load_assumptions()
    model = Architecture.from_row(known.row("models", "llama-3.1-70b"))
    gpu = Gpu.from_row(known.row("gpus", "h100-sxm"))
    coefficients = Coefficients.read(known.number)
    formats = resolve_precision("fp8", gpu, model)
    return output_tokens_per_second(model, gpu, 4, formats, 1155, 211, point.concurrency, coefficients)


def test_the_factor_is_the_geometric_mean() -> None:
    points = [Point(c, _model(Point(c, 1)) * r) for c, r in ((4, 0.7), (16, 0.8), (64, 0.9), (128, 0.8))]
    found = calibrate(points, _model, (0.5, 2.0), 0.05)
    assert found.factor == pytest.approx(np.exp(np.mean(np.log([0.7, 0.8, 0.9, 0.8]))))
    assert found.low < found.factor < found.high
    assert found.high / found.low < 2.0 / 0.5
    assert found.error_after < found.error_before
    alike = calibrate([Point(c, _model(Point(c, 1)) * 0.8) for c in (4, 16, 64)], _model, (0.5, 2.0), 0.05)
    assert alike.low == pytest.approx(0.8 / 1.05)
    assert alike.error_after == pytest.approx(0, abs=1e-12)


def test_contradiction_and_too_few_points() -> None:
    ratios = ((4, 0.3), (16, 1.0), (64, 1.6))
    with pytest.raises(InputError, match=r"contradict each other by 5\.3 x") as caught:
        calibrate([Point(c, _model(Point(c, 1)) * r) for c, r in ratios], _model, (0.5, 2.0), 0.05)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="at least 3"):
        calibrate([Point(4, 100)], _model, (0.5, 2.0), 0.05)


def test_a_scenario_keeps_its_points_and_uses_them() -> None:
    known = load_assumptions()
    plain = option(precision="fp8", tensor_parallel=4)
    points = [
        {"concurrency": c, "output_tokens_per_second": 0.6 * _model(Point(c, 1)), "input_tokens": 1155, "output_tokens": 211}
        for c in (8, 32, 128)
    ]
    measured = option(precision="fp8", tensor_parallel=4, benchmarks=points)
    speeds, widths = [], []
    for one in (plain, measured):
        inputs = Inputs(known)
        sizing = size_option(one, [Load()], Factors(), inputs)  # type: ignore[list-item]
        base = capacity_of(sizing, Load(), Factors(), inputs)  # type: ignore[arg-type]
        speeds.append(float(base.output_tokens_per_second[0]))
        drawn = Inputs(known, draws=256, seed=3, known=sorted(inputs.uncertain))
        served = capacity_of(sizing, Load(), Factors(), drawn).requests_per_second  # type: ignore[arg-type]
        widths.append(float(np.quantile(served, 0.9) / np.quantile(served, 0.1)))
        if one is measured:
            shown = sizing_dict(sizing, [base])["calibration"]
            assert shown["factor"] == pytest.approx(0.6, rel=1e-6)
            assert len(shown["points"]) == 3
    assert speeds[1] < 0.75 * speeds[0]
    assert widths[1] < widths[0]
