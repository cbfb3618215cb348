"""Charts drawn in a process of their own are those drawn here, and whatever becomes of it they are drawn."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from calculator import charts, drawer
from calculator.assumptions import assumptions_folder
from calculator.charts.render import _drawn
from calculator.cli import main
from calculator.drawer import COMMAND, Drawer, open_drawer

ROWS = [{"option": f"größer {n}", "usd": 10.0 * n} for n in range(3)]
SPEC: dict[str, Any] = {
    "height": 100,
    "mark": "bar",
    "encoding": {"y": {"field": "option", "type": "nominal"}, "x": {"field": "usd", "type": "quantitative"}},
}
NO_SPEC = {**SPEC, "mark": "no such mark"}


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawer, "_processors", lambda: 2)
    _drawn.cache_clear()


def says(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.stdin.readline(); print({text!r}, flush=True); sys.stdin.readline()")


def test_a_chart_is_the_same_and_drawn_once() -> None:
    here = [charts.svg((SPEC, ROWS), width) for width in (100, 200)]
    _drawn.cache_clear()
    with open_drawer():
        later = [charts.svg_later((SPEC, ROWS), width) for width in (100, 200, 100)]
        assert [draw() for draw in later] == [*here, here[0]]
        opened = drawer._open.get()
        assert opened is not None
        assert len(opened._asked) == 2
    assert _drawn.cache_info().misses == 0


def test_a_chart_that_cannot_be_drawn_is_the_same_error() -> None:
    with pytest.raises(ValueError, match="failed") as here:
        charts.svg((NO_SPEC, ROWS))
    with open_drawer():
        with pytest.raises(ValueError, match="failed") as beside:
            charts.svg((NO_SPEC, ROWS))
        assert str(beside.value) == str(here.value)
        assert charts.svg((SPEC, ROWS)).startswith("<svg")


@pytest.mark.parametrize(
    "command", [says("hello"), says("[1]"), says(""), (sys.executable, "-c", "raise SystemExit(3)")], ids=lambda c: c[-1]
)
def test_a_chart_is_drawn_here_where_the_process_dies_or_babbles(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = charts.svg((SPEC, ROWS))
    monkeypatch.setattr(drawer, "COMMAND", command)
    with open_drawer():
        assert drawer.is_open()
        assert [charts.svg((SPEC, ROWS), width) for width in (640, 640)] == [here, here]
        assert drawer.ask("{}")() is None


def test_there_is_none_where_it_cannot_start_or_would_take_the_only_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(drawer, "COMMAND", (str(Path(__file__).parent / "no such program"),))
        with open_drawer():
            assert not drawer.is_open()
    monkeypatch.setattr(drawer, "_processors", lambda: 1)
    with open_drawer():
        assert not drawer.is_open()
        assert charts.svg((SPEC, ROWS)).startswith("<svg")


@pytest.mark.parametrize("asked", [0, 5])
def test_it_ends_with_what_it_was_opened_for(asked: int) -> None:
    opened: Drawer | None = None

    def stopped() -> None:
        nonlocal opened
        with open_drawer():
            opened = drawer._open.get()
            for width in range(asked):
                charts.svg_later((SPEC, ROWS), 100 + width)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert opened is not None
    assert opened._process.returncode is not None
    assert not drawer.is_open()


def test_it_ends_when_nobody_writes_to_it_any_more() -> None:
    alone = Drawer(COMMAND)
    assert alone._process.stdin is not None
    alone._process.stdin.close()
    assert alone._process.wait(30) == 0
    alone.close()


def test_a_report_is_the_same_with_a_drawer_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, made = assumptions_folder() / "scenarios" / "support-assistant.yaml", []
    for processors in (1, 2):
        monkeypatch.setattr(drawer, "_processors", lambda n=processors: n)
        _drawn.cache_clear()
        output = tmp_path / f"{processors}.pdf"
        assert main(["report", str(file), "-o", str(output), "--draws", "16", "--locale", "de_DE"]) == 0
        made.append(output.read_bytes())
        assert (_drawn.cache_info().misses == 0) == (processors == 2)
    assert made[0] == made[1]
