"""The first page: what is asked, what is advised, how sure, what is at stake. Readable alone."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import label
from calculator.report.blocks import Block, bullets, callout, heading, table, text, word_list, words
from calculator.report.dates import first_expiry
from calculator.report.figures import UNSAID, input_name, is_level, named_rules, nearest_flips, option_name
from calculator.report.sections.kept_out import failing, ways_out
from calculator.wording import count, money, months_in_words, percent
from calculator.wording import figure as plain

KEY = "decision"
BLANK = "\u00a0"
REASONS = 6
FLIPS = 2
NAMED = 3
"""Options that a reason names beside its first."""
NOT_JUDGED = "Not judged: "
"""How the verdict says what it leaves out."""
END_OF_SERVICE = "LIFE-01"
"""The rule that tells of announced shutdowns."""


def blocks(result: dict[str, Any]) -> list[Block | None]:
    """Everything on the page, in order."""
    verdict = result["verdict"]
    return [
        text(_question(result)),
        callout(named_rules(verdict["text"], result)),
        *_at_stake(result),
        heading(words(f"{KEY}.would_change")),
        bullets([named_rules(said, result) for said in _changes(result)] or [words(f"{KEY}.nothing_changes")]),
        heading(words(f"{KEY}.conditions")),
        bullets(_conditions(result)),
        heading(words(f"{KEY}.sign_off")),
        table(
            word_list(f"{KEY}.sign_columns"),
            [[role, BLANK, BLANK, BLANK] for role in word_list(f"{KEY}.roles")],
            caption=words(f"{KEY}.not_advice"),
            widths=[1.2, 1.6, 1.6, 0.8],
            left=(0, 1, 2, 3),
            roomy=True,
        ),
    ]


def _question(result: dict[str, Any]) -> str:
    requests = result["requests_by_month"]
    return words(
        f"{KEY}.question",
        first=count(requests[0]),
        last=count(requests[-1]),
        span=months_in_words(result["horizon_months"]),
        start=result["months"][0],
        end=result["months"][-1],
    )


def _at_stake(result: dict[str, Any]) -> list[Block | None]:
    """The money; where nothing passes, what keeps each option out."""
    if result["verdict"]["leader"] is None:
        return [heading(words("kept_out.heading")), failing(result)]
    return [heading(words(f"{KEY}.at_stake")), _stake(result)]


def _stake(result: dict[str, Any]) -> Block | None:
    """The option advised, or merely ahead, beside the best different one, what runs today and the conditional winner."""
    verdict = result["verdict"]
    roles = {
        "leader" if verdict["winner"] is not None else "ahead": verdict["leader"],
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
        caption=words(f"{KEY}.stake_caption", span=months_in_words(result["horizon_months"])),
        widths=[1.1, 2, None, None, None, None, None],
        left=(0, 1),
    )


def _changes(result: dict[str, Any]) -> list[str]:
    """The nearest flip points, what the verdict says beside itself (rule prices among it), what matters most, when."""
    if result["verdict"]["leader"] is None:
        return ways_out(result)
    said = result["decision"]["text"]
    flips = [
        words(
            f"{KEY}.{_flip(entry, flip)}",
            input=input_name(entry),
            now=plain(entry["base"]),
            at=plain(flip["at"]),
            becomes=option_name(result, flip["becomes"]),
            where=words(f"{KEY}.within" if flip["within_range"] else f"{KEY}.outside"),
        )
        for entry, flip in nearest_flips(result)[:FLIPS]
    ]
    if result["flip_points"] and not flips:
        flips = [words(f"{KEY}.no_flip", numbers=len(result["flip_points"]))]
    matters, when = (
        [_introduced(key, s) for s in said[key] if not s.startswith(UNSAID)][:1] for key in ("what_matters", "when")
    )
    reasons = [r for r in result["verdict"]["reasons"] if not r.startswith(NOT_JUDGED)]  # stands with the method
    return [*flips, *merged(reasons, result["options"]), *matters, *when][:REASONS]


def _flip(entry: dict[str, Any], flip: dict[str, Any]) -> str:
    """How a flip is told: a factor, a figure, or neither where it is that of today to all digits shown."""
    if plain(flip["at"]) == plain(entry["base"]):
        return "flip_at_once"
    return "flip_level" if is_level(entry) else "flip"


def _introduced(key: str, said: str) -> str:
    """A sentence of the analysis that stands alone says what it is about."""
    return words(f"{KEY}.matters", said=said[0].lower() + said[1:]) if key == "what_matters" else said


def merged(reasons: list[str], options: list[dict[str, Any]]) -> list[str]:
    """Reasons that say the same of several options, such as one and its mix, once with all their names."""
    ids = sorted((o["id"] for o in options), key=len, reverse=True)
    found: dict[tuple[bool, str], list[str]] = {}
    for reason in reasons:
        name = next((i for i in ids if reason.startswith(f"{i} ")), "")
        found.setdefault((bool(name), reason.removeprefix(name)), []).append(name)
    return [(names[0] + _also(names[1:]) if named else "") + rest for (named, rest), names in found.items()]


def _also(names: list[str]) -> str:
    """In brackets, the first few."""
    more = words(f"{KEY}.more", count=len(names) - NAMED) if len(names) > NAMED else ""
    return words(f"{KEY}.and_also", others=", ".join(map(label, names[:NAMED])) + more) if names else ""


def _conditions(result: dict[str, Any]) -> list[str]:
    """Under what the advice holds: volume, prices and services at their date, evidence."""
    leader = next((o for o in result["options"] if o["id"] == result["verdict"]["leader"]), None)
    volume = words(f"{KEY}.condition_volume", first=count(result["requests_by_month"][0]))
    flip = next(((e, f) for e, f in nearest_flips(result) if e["id"].startswith("workloads.")), None)
    if flip is not None:
        entry, at = flip
        volume += " " + words(
            f"{KEY}.condition_flip", input=input_name(entry), at=plain(at["at"]), becomes=option_name(result, at["becomes"])
        )
    prices = words(f"{KEY}.condition_prices", as_of=result["as_of"])
    if leader is None:
        hopeful = result["verdict"]["conditional_winner"] is not None
        return [volume, prices, words(f"{KEY}.condition_evidence_none" if hopeful else f"{KEY}.condition_none_passes")]
    ends = [g["statement"] for g in leader["gates"] if g["rule"] == END_OF_SERVICE] + leader["lock_in"]["notes"]
    if ends:
        prices += " " + words(f"{KEY}.condition_end", option=leader["name"], said="; ".join(ends))
    judged = [g for g in leader["gates"] if g["outcome"] == "pass"]
    evidence = words(f"{KEY}.condition_evidence", option=leader["name"], rules=len(judged))
    expiry = first_expiry(leader)
    if expiry is not None:
        evidence += " " + words(f"{KEY}.condition_expiry", on=expiry.isoformat())
    return [volume, prices, evidence]
