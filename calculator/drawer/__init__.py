"""Charts drawn in a process of their own, while this one computes.

The drawing library holds Python's lock, and its engine takes as long to start as a scenario to simulate. So a command
that will draw opens a drawer first. A server draws at home: its engine runs already.
What the drawer cannot do is done here instead, with the same outcome: it never decides whether there is a chart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
COMMAND = (sys.executable, "-P", str(PACKAGE / "process.py"), str(PACKAGE.parent / "fonts"))
"""Run as a file, so that it loads nothing else of this package; -P keeps its folder off the path."""
APART: dict[str, Any] = {"start_new_session": True}
"""Ctrl-C is not for the drawer: who opened it closes it."""
if sys.platform == "win32":
    APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
Answer = Callable[[], str | None]


class Drawer:
    """A process at work on one chart after the other, in the order in which they were asked for."""

    def __init__(self, command: Sequence[str]) -> None:
        """OSError where it cannot be started."""
        pipe, silent = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=silent, **APART)
        self._in_turn = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawer")
        self._asked: dict[str, Future[str | None]] = {}

    def ask(self, spec: str) -> Answer:
        """Have a Vega-Lite spec drawn, once; the function waits for its SVG, None where it was not drawn."""
        if spec not in self._asked:
            self._asked[spec] = self._in_turn.submit(self._drawn, spec)
        return self._asked[spec].result

    def _drawn(self, spec: str) -> str | None:
        """One line there and one back. Who died or babbles is ended: every later chart finds its pipes closed."""
        try:
            assert self._process.stdin and self._process.stdout  # both are pipes
            self._process.stdin.write(spec.encode() + b"\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            if not isinstance(answer, str | None):
                raise ValueError("no drawing")
            return answer
        except (OSError, ValueError):
            self._process.kill()
            return None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with suppress(OSError), self._process:  # it may leave unread what was written to it
            self._process.kill()
            self._in_turn.shutdown(cancel_futures=True)


_open: ContextVar[Drawer | None] = ContextVar("_open", default=None)


def is_open() -> bool:
    """Whether charts are drawn beside this process."""
    return _open.get() is not None


def ask(spec: str) -> Answer:
    """`Drawer.ask` of the one that is open; it has drawn nothing where there is none."""
    drawer = _open.get()
    return (lambda: None) if drawer is None else drawer.ask(spec)


@contextmanager
def open_drawer() -> Iterator[None]:
    """A drawer for what is drawn inside; none where it would take the only processor, or cannot be started."""
    drawer = None
    if _processors() > 1 and sys.executable and not getattr(sys, "frozen", False):  # frozen, the program is not Python
        with suppress(OSError):
            drawer = Drawer(COMMAND)
    before = _open.set(drawer)
    try:
        yield
    finally:
        _open.reset(before)
        if drawer is not None:
            drawer.close()


def _processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
