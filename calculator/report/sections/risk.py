"""Lock-in and security in money, who answers for what, and how far each option can be made one's own."""

from __future__ import annotations

from typing import Any

from calculator import charts
from calculator.charts.style import label
from calculator.report.blocks import Block, Section, figure, heading, pair, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import number, together
from calculator.wording import money, months_in_words, percent, ranked

KEY = "risk"
CHART_HEIGHT = 130
FORCED = ("forced_migrations_usd", "price_exposure_usd", "exit_cost_today_usd")


def section(result: dict[str, Any]) -> Section | None:
    """Lock-in beside the money, the loss from incidents, controls, and depth of customization."""
    controls = [heading(words(f"{KEY}.controls_heading")), _responsibility(result), _checklist(result)]
    return make_section(KEY, [*_beside_the_money(result), *controls], new_page=False)


def brief_section(result: dict[str, Any]) -> Section | None:
    """For who decides: what leaving and incidents cost, and how far each option can be made one's own."""
    return make_section(KEY, _beside_the_money(result), new_page=False)


def _beside_the_money(result: dict[str, Any]) -> list[Block | None]:
    return [
        text(words(f"{KEY}.text")),
        pair(_waterfall(result), _survival(result)),
        _lock_in(result),
        _security(result),
        heading(words(f"{KEY}.customization_heading")),
        _ladder(result),
    ]


def _leader(result: dict[str, Any]) -> dict[str, Any]:
    """The option that leads, or the first of all where none passes."""
    options = ranked(result["options"])
    return next((o for o in options if o["id"] == result["verdict"]["leader"]), options[0])


def _waterfall(result: dict[str, Any]) -> Block | None:
    option = _leader(result)
    return figure(charts.lock_in_waterfall(option), charts.waterfall_alt(option), half=True)


def _survival(result: dict[str, Any]) -> Block | None:
    """How long models such as the leader's last; the curve of losses where it runs on weights that stay."""
    option = _leader(result)
    if option["lock_in"]["survival_curve"]:
        chart, alt = charts.survival(result, option), charts.survival_alt(result, option)
    else:
        chart, alt = charts.loss_exceedance(result), charts.loss_alt(result)
    return figure(chart, alt, half=True, height=CHART_HEIGHT)


def _lock_in(result: dict[str, Any]) -> Block | None:
    rows = [
        [
            label(o["id"]),
            *[money(o["lock_in"][part]["p50"]) for part in FORCED],
            money(o["lock_in_usd"]["p50"]),
            f"{money(o['lock_in_usd']['p10'])} – {money(o['lock_in_usd']['p90'])}",
            _decimal(o["lock_in"]["extra_forced_migrations_per_year"]),
            _operators(o["lock_in"]["operators"]),
        ]
        for o in ranked(result["options"])
    ]
    return table(
        word_list(f"{KEY}.lock_in_columns"),
        rows,
        caption=words(f"{KEY}.lock_in_caption", span=months_in_words(result["horizon_months"])),
        dense=True,
    )


def _decimal(value: float | None) -> str:
    return "–" if value is None else number(value, 2)


def _operators(known: dict[str, Any] | None) -> str:
    return "–" if known is None or known["count"] is None else str(known["count"])


def _security(result: dict[str, Any]) -> Block | None:
    """A row for each set of figures: options of the same loss stand together."""
    rows = together((o["id"], _losses(o["security_loss_usd"])) for o in ranked(result["options"]))
    caption = words(f"{KEY}.security_caption", span=months_in_words(result["horizon_months"]))
    return table(word_list(f"{KEY}.security_columns"), rows, caption=caption, dense=True)


def _losses(loss: dict[str, Any]) -> list[str]:
    horizon = loss["horizon"]
    return [
        money(horizon["expected"]),
        percent(horizon["probability_of_any"]),
        money(horizon["p95"]),
        money(horizon["p99"]),
        money(horizon["mean_of_worst_5_percent"]),
        f"{money(loss['expected_p10'])} – {money(loss['expected_p90'])}",
    ]


def _ladder(result: dict[str, Any]) -> Block | None:
    """What may be changed about the model, step by step; options of the same ladder stand together."""
    steps = [level["title"] for level in result["options"][0]["customization"]["levels"]]
    rows = together(
        (o["id"], [words(f"{KEY}.answers.{level['answer']}") for level in o["customization"]["levels"]])
        for o in ranked(result["options"])
    )
    return table(
        [words(f"{KEY}.options_column"), *steps],
        rows,
        caption=words(f"{KEY}.ladder_caption"),
        widths=[2.2, *[1.0] * len(steps)],
        left=range(len(steps) + 1),
        dense=True,
    )


def _responsibility(result: dict[str, Any]) -> Block | None:
    routes = result["controls"]["routes"]
    rows = [
        [str(number), row["topic"], *[row["owners"][route] for route in routes]]
        for number, row in enumerate(result["controls"]["responsibility"], 1)
    ]
    return table(
        ["", words(f"{KEY}.topic_column"), *routes],
        rows,
        caption=words(f"{KEY}.responsibility_caption"),
        widths=[None, 3.6, *[1.0] * len(routes)],
        left=range(len(routes) + 2),
        dense=True,
    )


def _checklist(result: dict[str, Any]) -> Block | None:
    numbers = {row["id"]: str(n) for n, row in enumerate(result["controls"]["responsibility"], 1)}
    rows = [
        [c["control"], c["evidence"], numbers[c["responsibility"]], ", ".join(_short(r["id"]) for r in c["owasp_2026"])]
        for c in result["controls"]["checklist"]
    ]
    return table(
        word_list(f"{KEY}.checklist_columns"),
        rows,
        caption=words(f"{KEY}.checklist_caption", source=result["controls"]["source"]["title"]),
        widths=[1.5, 1.0, None, None],
        left=(0, 1, 2, 3),
        dense=True,
    )


def _short(identifier: str) -> str:
    return identifier.split(":")[0]
