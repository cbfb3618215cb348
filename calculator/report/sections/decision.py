"""The first page: what is asked, what is advised, how sure, what is at stake. Readable alone."""

from __future__ import annotations

from typing import Any

from calculator.report.blocks import Block, bullets, callout, heading, table, text, word_list, words
from calculator.wording import count, money, percent

KEY = "decision"
BLANK = "\u00a0"
REASONS = 5


def blocks(result: dict[str, Any]) -> list[Block | None]:
    """Everything on the page, in order."""
    verdict = result["verdict"]
    return [
        text(_question(result)),
        callout(verdict["text"]),
        heading(words(f"{KEY}.at_stake")),
        _stake(result),
        heading(words(f"{KEY}.would_change")),
        bullets(_changes(result) or [words(f"{KEY}.nothing_changes")]),
        heading(words(f"{KEY}.conditions")),
        bullets(_conditions(result)),
        heading(words(f"{KEY}.sign_off")),
        table(
            word_list(f"{KEY}.sign_columns"),
            [[role, BLANK, BLANK, BLANK] for role in word_list(f"{KEY}.roles")],
            caption=words(f"{KEY}.not_advice"),
            widths=[1.2, 1.6, 1.6, 0.8],
            left=(0, 1, 2, 3),
            size=9,
        ),
    ]


def _question(result: dict[str, Any]) -> str:
    requests = result["requests_by_month"]
    return words(
        f"{KEY}.question",
        first=count(requests[0]),
        last=count(requests[-1]),
        months=result["horizon_months"],
        start=result["months"][0],
        end=result["months"][-1],
    )


def _stake(result: dict[str, Any]) -> Block | None:
    """The advised option beside the best different one, what runs today and the conditional winner."""
    verdict = result["verdict"]
    roles = {
        "leader": verdict["leader"],
        "rival": verdict["rival"],
        "today": result["baseline"],
        "conditional": verdict["conditional_winner"],
    }
    by_id = {o["id"]: o for o in result["options"]}
    rows, seen = [], set()
    for role, name in roles.items():
        if name is None or name in seen:
            continue
        seen.add(name)
        option = by_id[name]
        npv = option["npv_usd"]
        rows.append(
            [
                words(f"{KEY}.roles_of.{role}"),
                option["name"],
                money(npv["mean"]),
                f"{money(npv['p10'])} – {money(npv['p90'])}",
                money(option["first_month_cost_usd"]),
                money(option["last_month_cost_usd"]),
                percent(option["probability_cheapest"]),
            ]
        )
    return table(
        word_list(f"{KEY}.stake_columns"),
        rows,
        caption=words(f"{KEY}.stake_caption", months=result["horizon_months"]),
        widths=[1.1, 2, None, None, None, None, None],
        left=(0, 1),
        size=8,
    )


def _changes(result: dict[str, Any]) -> list[str]:
    """The reasons beside the verdict, and what the analysis says matters most."""
    said = result["decision"]["text"]
    lines = [*result["verdict"]["reasons"], *said["what_matters"][:1], *said["when"][:1]]
    return lines[:REASONS]


def _conditions(result: dict[str, Any]) -> list[str]:
    """Under what the advice holds: volume, prices at their date, evidence."""
    verdict = result["verdict"]
    leader = next((o for o in result["options"] if o["id"] == verdict["leader"]), None)
    conditions = [
        words(f"{KEY}.condition_volume", first=count(result["requests_by_month"][0])),
        words(f"{KEY}.condition_prices", as_of=result["as_of"]),
    ]
    if leader is None:
        return [*conditions, words(f"{KEY}.condition_evidence_none")]
    judged = [g for g in leader["gates"] if g["outcome"] == "pass"]
    return [*conditions, words(f"{KEY}.condition_evidence", option=leader["name"], rules=len(judged))]
