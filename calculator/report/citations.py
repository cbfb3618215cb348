"""Sources, numbered once for the whole report."""

from __future__ import annotations

from typing import Any

from calculator.wording import ranked


def sources(result: dict[str, Any]) -> dict[str, int]:
    """Every source that a fact, a token price or an assumption cites, numbered in the order the report comes to them."""
    cited = [g["source"] for o in ranked(result["options"]) for g in o["gates"]]
    cited += [price["source"] for price in result.get("token_prices", [])]
    cited += [p["source"] for p in result["assumptions_used"]]
    return {name: n for n, name in enumerate(dict.fromkeys(source_text(c) for c in cited if c), 1)}


def source_text(source: dict[str, Any]) -> str:
    """Title, place and address of a source on one line."""
    address = (source["url"] or "").removeprefix("https://").rstrip("/")
    return ", ".join(x for x in (source["title"], source["locator"], address) if x)


def cited(numbers: dict[str, int], source: dict[str, Any] | None) -> str:
    """The number by which a table points to a source."""
    return f"[{numbers[source_text(source)]}]" if source else ""
