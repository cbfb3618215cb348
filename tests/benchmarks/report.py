"""The full report of the default scenario, by part: `python tests/benchmarks/report.py`.

Wall time beside processor time, each the best of several runs. Warm: another scenario of the same kind in a process that
has made reports before, so nothing of its own is kept; `same again` is the same report a second time. Cold: the command
as a process of its own, from start to written file.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from calculator.assumptions import assumptions_folder
from calculator.charts import render
from calculator.evaluate import evaluate_scenario
from calculator.report import report_data, report_pdf, reported
from calculator.scenario import Scenario, dump_scenario, load_scenario
from calculator.volumes import deciding_pairs, flip_points
from calculator.wording import shown_in

DEFAULT = assumptions_folder() / "scenarios" / "support-assistant.yaml"
WARM_S, COLD_S = 1.0, 3.0


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds of one call."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - processor


def printed(name: str, times: list[tuple[float, float]], limit: str = "") -> None:
    """The best of some runs."""
    wall, processor = (min(column) for column in zip(*times, strict=True))
    print(f"{name:34s} {wall:6.2f} s wall {processor:6.2f} s processor {limit}")


def variant(scenario: Scenario, number: int) -> Scenario:
    """The same question with other figures."""
    return scenario.model_copy(update={"title": f"Support assistant {number}", "discount_rate": 0.08 + number / 1000})


def warm(scenario: Scenario, times: int) -> None:
    """Print the parts of reports in this process."""
    parts: dict[str, list[tuple[float, float]]] = {}
    for number in range(times + 1):
        s = variant(scenario, number)
        seen: dict[str, tuple[float, float]] = {}
        seen["engine: evaluate, 4,096 draws"] = timed(lambda s=s: evaluate_scenario(s))
        seen["engine: break-evens shown"] = timed(lambda s=s: deciding_pairs(s, 16))
        seen["engine: flip points"] = timed(lambda s=s: flip_points(s))
        result = evaluate_scenario(s)
        answer, text = reported(s, result), dump_scenario(result.pinned(s))
        render._drawn.cache_clear()
        with shown_in("USD", 1.0):
            seen["report: words and charts"] = timed(lambda a=answer, t=text: report_data(a, t, "full", "a4"))
            seen["report: words alone"] = timed(lambda a=answer, t=text: report_data(a, t, "full", "a4"))
        seen["report: words and Typst"] = timed(lambda a=answer, t=text: report_pdf(a, t))
        render._drawn.cache_clear()
        answer["title"] += "."
        seen["report: whole"] = timed(lambda a=answer, t=text: report_pdf(a, t))
        seen["report: same again"] = timed(lambda a=answer, t=text: report_pdf(a, t))
        for name, times_seen in seen.items() if number else ():
            parts.setdefault(name, []).append(times_seen)
    for name, found in parts.items():
        printed(name, found, f"(limit {WARM_S:g} s wall, quiet machine)" if name.endswith("whole") else "")


def cold(times: int) -> None:
    """Print the command's time from start to file: in this environment, and as installed, with every module compiled."""
    limit = f"(limit {COLD_S:g} s wall, quiet machine)"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "calculator.cli", "report", str(DEFAULT), "-o", str(Path(folder) / "report.pdf")]
        here = dict(os.environ)
        printed("cold: as it stands here", [run(command, here) for _ in range(times)], limit)
        installed = here | {"PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
        run(command, installed)
        printed("cold: as installed", [run(command, installed) for _ in range(times)], limit)


def run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall and processor seconds of a process and those that it starts."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    warm(load_scenario(DEFAULT), 4)
    cold(3)
