"""Figures and names of inputs as the report writes them."""

from __future__ import annotations

from typing import Any

from calculator.report.blocks import words

LEVELS = ("token_price", "gpu_price", "server_price")
"""Price levels that flip points move: factors on an option's own prices."""


def input_name(entry: dict[str, Any]) -> str:
    """What an entry of `flip_points[]` is called: its description, or words made from its id."""
    first, _, last = entry["id"].rpartition(".")
    if last in LEVELS and first.startswith("options."):
        return words(f"inputs.{last}", option=first.removeprefix("options."))
    named = entry["description"] or entry["id"].replace("_", " ")
    return f"{named} ({entry['unit']})" if entry["unit"] else named


def nearest_flips(result: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each flip with its entry of `flip_points[]`, the nearest first; none where they were not computed."""
    flips = [(entry, flip) for entry in result["flip_points"] or [] for flip in entry["flips"]]
    return sorted(flips, key=lambda pair: float(pair[1]["ranges_away"]))
