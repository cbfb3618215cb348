"""The assumption files that ship with the product."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from calculator.assumptions.known import Assumptions
from calculator.errors import InputError


def assumptions_folder() -> Path:
    """The folder of the shipped files: beside the package in a checkout, inside it when installed."""
    installed = Path(str(files("calculator"))) / "_assumptions"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "assumptions"


@cache
def load_assumptions() -> Assumptions:
    """The shipped assumption set, without overrides."""
    folder = assumptions_folder()
    texts = {}
    for path in sorted(folder.rglob("*.yaml")):
        relative = path.relative_to(folder)
        if relative.parts[0] == "scenarios":
            continue
        texts[".".join(relative.with_suffix("").parts)] = path.read_text(encoding="utf-8")
    if not texts:
        raise InputError(f"{folder}: no assumption files; reinstall the package")
    return Assumptions(texts)
