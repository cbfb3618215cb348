"""How the fleets of the self-hosted options are sized."""

from __future__ import annotations

from typing import Any

from calculator import charts
from calculator.charts.style import label
from calculator.report.blocks import Block, Section, figure, notes, pair, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import number, together
from calculator.wording import percent, ranked

KEY = "sizing"
CHART_HEIGHT = 125


def section(result: dict[str, Any]) -> Section | None:
    """Memory, operating point, fleet, and what the method cannot tell; nothing where no option has own GPUs."""
    sized = [o for o in ranked(result["options"]) if o["sizing"]]
    if not sized:
        return None
    first = sized[0]
    speed = first["sizing"]["speed_range"]
    return make_section(
        KEY,
        [
            text(words(f"{KEY}.text")),
            _charts(first),
            text(words(f"{KEY}.band", option=first["name"], low=percent(speed["low"]), high=percent(speed["high"]))),
            _memory(sized),
            _point(sized),
            _fleet(sized),
            notes(_notes(sized)),
        ],
        new_page=False,
    )


def _charts(option: dict[str, Any]) -> Block | None:
    """Memory and speed of the leading self-hosted option."""
    alt = charts.sizing_alt(option)
    memory = figure(charts.memory_bar(option), alt, half=True, height=CHART_HEIGHT)
    return pair(memory, figure(charts.throughput_latency(option), alt, half=True, height=CHART_HEIGHT))


def _notes(sized: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Each note once, with the options that it speaks of."""
    found: dict[str, list[str]] = {}
    for o in sized:
        for note in o["notes"]:
            found.setdefault(note, []).append(label(o["id"]))
    return [(f"{', '.join(ids)}:", f"{note}.") for note, ids in found.items()]


def _memory(sized: list[dict[str, Any]]) -> Block | None:
    rows = together(
        (
            o["id"],
            (
                f"{s['gpus_per_replica']} × {s['gpu']}",
                s["precision"]["weights"],
                *[number(s[f"{part}_gib"]) for part in ("weights", "kv", "reserve", "free", "memory")],
            ),
        )
        for o in sized
        for s in [o["sizing"]]
    )
    return table(
        word_list(f"{KEY}.memory_columns"), rows, caption=words(f"{KEY}.memory_caption"), left=(0, 1, 2), dense=True
    )


def _point(sized: list[dict[str, Any]]) -> Block | None:
    rows = together(
        (
            o["id"],
            (
                number(s["tokens_per_second_per_replica"]),
                number(s["requests_per_second_per_replica"], 2),
                number(s["batch"]),
                number(s["tpot_ms"], 1),
                number(s["ttft_ms"]),
                words(f"{KEY}.binds.{s['binds']}"),
            ),
        )
        for o in sized
        for s in [o["sizing"]]
    )
    return table(word_list(f"{KEY}.point_columns"), rows, caption=words(f"{KEY}.point_caption"), left=(0, 6), dense=True)


def _fleet(sized: list[dict[str, Any]]) -> Block | None:
    def whole(count: float | None) -> str:
        return "–" if count is None else number(count)

    rows = together(
        (
            o["id"],
            (
                whole(s["replicas_first_month"]),
                whole(s["replicas_peak"]),
                whole(o["gpus"]["first_month"]),
                whole(o["gpus"]["peak"]),
                percent(s["utilization_first_month"]),
                percent(s["utilization_last_month"]),
            ),
        )
        for o in sized
        for s in [o["sizing"]]
    )
    return table(word_list(f"{KEY}.fleet_columns"), rows, caption=words(f"{KEY}.fleet_caption"), dense=True)
