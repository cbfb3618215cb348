"""Many users at once on one server: `python tests/benchmarks/users.py [--users 40] [--seconds 120] [--reports 30]`.

Each user is a session of its own over Streamlit's websocket, as a browser opens it: it sends what a browser would send and
reads every message, but draws nothing, so that 40 fit beside the server on two cores. For the given time each changes the
number of requests, waits for the new figures and the end of the run, thinks 2 to 6 seconds, and changes it again. Told are
errors, times to the figures at base values and to the end, whether each session ended with the figures of its own scenario,
and the server's memory over time. Then so many reports are asked for at once.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from calculator.assumptions import assumptions_folder
from calculator.point import point_figures
from calculator.scenario import load_scenario, scenario_data, scenario_from
from calculator.wording import money
from tests.benchmarks.page import FIELD
from tests.ui.conftest import free_port, served

THINK_SECONDS = (2.0, 6.0)
WAIT_SECONDS = 120.0
BIGGEST = 2**26
"""Bytes of a message."""


@dataclass
class User:
    """One session: what it last saw and the times it took."""

    number: int
    socket: Any = None
    widget: str = ""
    query: str = ""
    session: str = ""
    file: str = ""
    figures: list[str] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: float = 0.0

    async def run(self, value: float | None) -> None:
        """Ask for a run of the page, with a new number of requests or the one it has, and read until it has ended."""
        back = BackMsg()
        back.rerun_script.query_string = self.query
        if value is not None:
            self.requests = value
            state = back.rerun_script.widget_states.widgets.add()
            state.id, state.double_value = self.widget, value
        start, first, self.figures = time.perf_counter(), 0.0, []
        await self.socket.send(back.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), WAIT_SECONDS))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._element(message.delta.new_element)
                if self.figures and not first:
                    first = time.perf_counter() - start
            elif kind == "script_finished":
                break
        self.shown.append(first)
        self.ended.append(time.perf_counter() - start)

    def _element(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "number_input" and element.number_input.label == FIELD:
            self.widget = element.number_input.id
        elif kind == "metric":
            self.figures.append(element.metric.body)
        elif kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "download_button" and element.download_button.label == "Report as PDF":
            self.file = element.download_button.deferred_file_id

    async def report(self, address: str) -> tuple[float, int]:
        """Ask for the report as the page's button does: seconds, and bytes of the file."""
        start = time.perf_counter()
        back = BackMsg()
        asked = back.backend_operation_request
        asked.request_id, asked.session_id, asked.deferred_file.file_id = f"r{self.number}", self.session, self.file
        await self.socket.send(back.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), WAIT_SECONDS))
            if message.WhichOneof("type") == "backend_operation_response":
                break
        answer = message.backend_operation_response
        if answer.error_msg:
            raise RuntimeError(answer.error_msg)
        content = await asyncio.to_thread(lambda: urllib.request.urlopen(address + answer.deferred_file.url).read())
        if not content.startswith(b"%PDF-"):
            raise RuntimeError("not a PDF")
        return time.perf_counter() - start, len(content)

    def strangers(self) -> list[str]:
        """Figures that are not of this user's scenario."""
        data = scenario_data(load_scenario(assumptions_folder() / "scenarios" / "support-assistant.yaml"))
        given = data["workloads"][0]["requests_per_month"]
        ratio = self.requests / given["base"] if isinstance(given, dict) else 1.0
        own = {k: v * ratio for k, v in given.items()} if isinstance(given, dict) else self.requests
        data["workloads"][0]["requests_per_month"] = own
        expected = {money(o["first_month_cost_usd"]) for o in point_figures(scenario_from(data, "user"))["options"]}
        return [figure for figure in self.figures if figure not in expected]


async def journey(user: User, until: float, pick: random.Random) -> None:
    """Change, wait, think, until the time is over."""
    await asyncio.sleep(pick.uniform(0, THINK_SECONDS[1]))
    while time.perf_counter() < until:
        try:
            await user.run(float(pick.randrange(1_000_000, 90_000_000, 1000)))
        except Exception as error:  # each is told; the others go on
            user.errors.append(repr(error))
            return
        await asyncio.sleep(pick.uniform(*THINK_SECONDS))


def memory_mib(process: int) -> float:
    """Resident memory of a process."""
    text = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


async def watched(process: int, until: float, every: float) -> list[float]:
    """Memory over time."""
    found = []
    while time.perf_counter() < until:
        found.append(memory_mib(process))
        await asyncio.sleep(every)
    return found


def spread(name: str, seconds: Sequence[float]) -> str:
    """A line of percentiles."""
    cuts = statistics.quantiles(seconds, n=20)
    return f"{name}: p50 {statistics.median(seconds):.2f} s, p95 {cuts[-1]:.2f} s, longest {max(seconds):.2f} s"


async def drive(address: str, process: int, users: int, seconds: float, reports: int) -> None:
    """The whole run, told line by line."""
    stream = address.replace("http", "ws") + "/_stcore/stream"
    crowd = [User(number) for number in range(users)]
    for user in crowd:
        user.socket = await websockets.connect(stream, subprotocols=["streamlit"], max_size=BIGGEST, ping_timeout=None)
        await user.run(None)
        user.shown.clear()
        user.ended.clear()
    print(f"{users} sessions open, {memory_mib(process):.0f} MiB", flush=True)
    until = time.perf_counter() + seconds
    picks = [random.Random(user.number) for user in crowd]
    memory, *_ = await asyncio.gather(
        watched(process, until, seconds / 12), *(journey(u, until, p) for u, p in zip(crowd, picks, strict=True))
    )
    errors = [error for user in crowd for error in user.errors]
    print(f"{sum(len(u.ended) for u in crowd)} changes in {seconds:.0f} s, {len(errors)} errors {errors[:3]}")
    print(spread("first figures", [x for u in crowd for x in u.shown if x]))
    print(spread("simulated", [x for u in crowd for x in u.ended]))
    strangers = {u.number: found for u in crowd if u.requests and (found := u.strangers())}
    print(f"sessions that end with figures of another scenario: {len(strangers)} {list(strangers.items())[:2]}")
    print("memory, MiB: " + " ".join(f"{m:.0f}" for m in [*memory, memory_mib(process)]), flush=True)
    found = await asyncio.gather(*(u.report(address) for u in crowd[:reports]), return_exceptions=True)
    failed = [repr(f) for f in found if isinstance(f, BaseException)]
    print(f"{len(found)} reports at once: {len(failed)} failed {failed[:3]}")
    if built := [f[0] for f in found if not isinstance(f, BaseException)]:
        print(spread("report", built))
    print(f"memory afterwards: {memory_mib(process):.0f} MiB")


def main() -> None:
    """Serve the page and let them in."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--reports", type=int, default=30)
    told = parser.parse_args()
    with served([sys.executable, "-m", "calculator.cli", "ui", "--port"], free_port()) as (address, process):
        asyncio.run(drive(address, process, told.users, told.seconds, told.reports))


if __name__ == "__main__":
    main()
