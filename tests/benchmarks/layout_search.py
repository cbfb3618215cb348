"""The full search for one model beside aiconfigurator's sweep: `python tests/benchmarks/layout_search.py [WEIGHTS…]`.

Ours searches every GPU × placement × precision for a question that it has not seen. The extra `silicon` ships the
core of aiconfigurator without its `recommend`, so that its side answers the same question by a sweep over tensor
parallelism and batch on one GPU and one server; databases are loaded before. Times are the median of several runs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

from calculator.assumptions import load_assumptions
from calculator.serving.placement import Placement
from calculator.serving.precision import Precision
from calculator.serving.second_opinion import second_opinion, shipped_config
from calculator.size import Question, size

MODELS = ("gpt-oss-120b", "llama-3.1-70b", "deepseek-v3", "qwen3-235b-a22b")
TARGET_MS = 20.0


def milliseconds(run: Callable[[int], object], times: int) -> float:
    """Median time of several runs, each of another question; the first, which warms up, apart."""
    run(0)
    taken = []
    for number in range(1, times + 1):
        start = time.perf_counter()
        run(number)
        taken.append((time.perf_counter() - start) * 1e3)
    return median(taken)


def theirs(weights: str, number: int) -> None:
    """Tensor parallelism × batch on one GPU, as a recommendation has to try them."""
    config = shipped_config(load_assumptions().row("models", weights).text("hf_id"))
    for tp in (1, 2, 4, 8):
        for batch in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
            second_opinion(config, "h100-sxm", Placement(tp), Precision("fp8", "fp8", "bf16"), 4000 + number, 500, batch)


def main(names: list[str]) -> int:
    known, slow = load_assumptions(), 0
    for name in names or MODELS:
        count = len(size(Question(name, 4000, 500, 10, 50, 2000), known).layouts)
        ours = milliseconds(lambda n, w=name: size(Question(w, 4000 + n, 500, 10, 50, 2000), known), 15)
        print(f"{name}: ours {ours:.1f} ms for every GPU, placement and precision ({count} layouts serve)")
        slow += ours > TARGET_MS
        if shipped_config(known.row("models", name).text("hf_id")):
            other = milliseconds(lambda n, w=name: theirs(w, n), 2)
            print(f"{name}: aiconfigurator {other:.0f} ms for 40 points on one GPU, {other / ours:.0f} times as long")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
