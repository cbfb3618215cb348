"""Lines and texts of every chart stand out from the page in both themes."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from calculator import charts
from calculator.assumptions import load_assumptions
from calculator.charts import break_even
from calculator.charts.ink import DARK_PAGE, LIGHT_PAGE, contrast, on_page
from calculator.charts.style import Chart, with_short_forms
from calculator.evaluate import evaluate_scenario
from calculator.quality.race import timeline
from calculator.sharing import presets
from calculator.ui import configuration
from calculator.volumes import break_even_answer, curve_points, map_answer

LINE, TEXT = 3.0, 4.5
"""Least contrast: WCAG 2.2, 1.4.11 and 1.4.3."""
PAGES = {False: LIGHT_PAGE, True: DARK_PAGE}


@cache
def built(dark: bool) -> dict[str, Chart]:
    """Every chart of the page that one example gives, by name."""
    scenario = presets()["support-assistant"]
    result = evaluate_scenario(scenario, draws=256).as_dict()
    fleet = next(o for o in result["options"] if o["sizing"])
    curve = next(o for o in result["options"] if o["lock_in"]["survival_curve"])
    pair = next(p for p in break_even_answer(scenario)["break_even"] if p["crossings"])
    names = [pair["self_hosted"], pair["alternative"]]
    at = pair["crossings"][0]["requests_per_month"]
    whole = ("cumulative_cost", "cost_breakdown", "cost_ranges", "emissions", "quality_cost", "loss_exceedance")
    whole += ("differences", "tornado", "two_way", "studies", "acceptability")
    number = "staffing.self_host_operations_fte"
    return {
        **{name: getattr(charts, name)(result, dark=dark) for name in whole},
        "memory_bar": charts.memory_bar(fleet, dark=dark),
        "throughput_latency": charts.throughput_latency(fleet, dark=dark),
        "by_year": charts.by_year(fleet, dark=dark),
        "stranded": charts.stranded(fleet, result["months"], dark=dark),
        "lock_in_waterfall": charts.lock_in_waterfall(fleet, dark=dark),
        "survival": charts.survival(result, curve, dark=dark),
        "race": charts.race(timeline(load_assumptions(), "arena_text"), "arena_text", dark=dark),
        "cost_by_volume": break_even.cost_by_volume(pair, curve_points(scenario, names, at / 9, at * 9), at, dark=dark),
        "cost_by_month": break_even.cost_by_month(pair, result, dark=dark),
        "cheapest_map": break_even.cheapest_map(map_answer(scenario, number), dark=dark),
    }


def layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Parts that draw a mark, with what they take over from the whole."""
    for part in spec.get("layer", [spec]):
        yield (
            {**part, "encoding": {**spec.get("encoding", {}), **part["encoding"]}}
            if "encoding" in part
            else {
                **part,
                "encoding": spec.get("encoding", {}),
            }
        )


def colours(layer: dict[str, Any], ink: str) -> Iterator[str]:
    """Colours that a layer draws in."""
    mark = layer["mark"] if isinstance(layer["mark"], dict) else {}
    channel = layer["encoding"].get("color", {})
    if "scale" in channel and channel["scale"] and "range" in channel["scale"]:
        yield from channel["scale"]["range"]
    elif "value" in channel:
        yield channel["value"]
    elif not channel:
        yield mark.get("color", ink)


def kind(layer: dict[str, Any]) -> str:
    return str(layer["mark"]["type"] if isinstance(layer["mark"], dict) else layer["mark"])


@pytest.mark.parametrize("dark", [False, True])
def test_lines_and_texts_stand_out_from_the_page(dark: bool) -> None:
    page, faint = PAGES[dark], []
    for name, (made, records) in built(dark).items():
        spec = on_page(made, dark)
        config = spec["config"]
        ink = config["text"]["color"]
        least = {part: config["axis"][part] for part in ("labelColor", "titleColor")} | {"title": config["title"]["color"]}
        faint += [(name, part, c) for part, c in least.items() if contrast(c, page) < TEXT]
        faint += [(name, part, config["axis"][part]) for part in ("domainColor", "tickColor")
                  if contrast(config["axis"][part], page) < LINE]  # fmt: skip
        for layer in layers(spec):
            needed = TEXT if kind(layer) == "text" else LINE
            faint += [(name, kind(layer), c) for c in colours(layer, ink) if contrast(c, page) < needed]
            field = layer["encoding"].get("color", {}).get("field", "")
            if field.startswith("ink") and not any(x in name for x in ("map", "two_way", "memory", "acceptability")):
                inked = {r[field] for r in records if field in r}
                faint += [(name, field, c) for c in inked if contrast(c, page) < TEXT]
    assert faint == []


@pytest.mark.parametrize("dark", [False, True])
def test_letters_upon_a_colour_stand_out_from_it(dark: bool) -> None:
    field, faint = ("ink_dark" if dark else "ink"), []
    for name, domain_of in (
        ("cheapest_map", "option"),
        ("two_way", "option"),
        ("memory_bar", "part"),
        ("acceptability", "rank"),
    ):
        spec, records = built(dark)[name]
        fill = next(part["encoding"]["color"]["scale"] for part in on_page(spec, dark)["layer"] if kind(part) != "text")
        by_name = dict(zip(fill["domain"], fill["range"], strict=True))
        faint += [(name, r[domain_of]) for r in records if contrast(r[field], by_name[r[domain_of]]) < TEXT]
    assert faint == []


def test_the_pages_colours_are_those_of_its_configuration() -> None:
    options = configuration()
    assert (options["theme.light.backgroundColor"], options["theme.dark.backgroundColor"]) == (LIGHT_PAGE, DARK_PAGE)


def test_no_axis_writes_billions_as_giga() -> None:
    def axes(part: Any) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict):
            if isinstance(part.get("axis"), dict):
                yield part["axis"]
            for value in part.values():
                yield from axes(value)
        elif isinstance(part, list):
            for item in part:
                yield from axes(item)

    found = [axis for spec, _ in built(False).values() for axis in axes(with_short_forms(spec))]
    short = [axis for axis in found if str(axis.get("format", "")).endswith("s")]
    assert short and all("labelExpr" in axis for axis in short)
