"""A scenario as a link, and out of a link, a file or a report PDF.

A link names a shipped example and holds what differs from it, compressed, in one parameter `s`:
`VERSION.base64url(zlib(json))`. What it holds is data: it is parsed and validated like any scenario file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from calculator.assumptions import assumptions_folder
from calculator.errors import InputError, clip
from calculator.scenario import (
    Scenario,
    canonical_json,
    load_scenario,
    parse_scenario,
    scenario_data,
    scenario_from,
)
from calculator.yaml12 import MAX_BYTES

LINK_VERSION = "1"
LINK_LIMIT = 2000
"""Longest link, in characters, that mail and chat programs carry unharmed."""
ADDRESS_LIMIT = 7000
"""Longest parameter that servers and proxies take in an address, where headers of 8 KB are common."""
PARAMETER = "s"
PDF_MAGIC = b"%PDF-"
PDF_LIMIT = 20_000_000
ATTACHMENT = "scenario.yaml"
FINGERPRINT = 8
Change = tuple[list[str | int], Any]
_GONE = "\u0000gone"
"""Marks a key that the example has and the scenario has not; no text of a scenario may hold a NUL."""


@cache
def presets() -> dict[str, Scenario]:
    """The shipped examples by name."""
    return {p.stem: load_scenario(p) for p in sorted((assumptions_folder() / "scenarios").glob("*.yaml"))}


def differences(before: Any, after: Any, path: tuple[str | int, ...] = ()) -> list[Change]:
    """What turns `before` into `after`, as (path, value): inside mappings and lists of equal length, else whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = [([*path, k], _GONE) for k in before if k not in after]
        for key, value in after.items():
            found += differences(before[key], value, (*path, key)) if key in before else [([*path, key], value)]
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [change for i, (old, new) in pairs for change in differences(old, new, (*path, i))]
    return [] if before == after and type(before) is type(after) else [(list(path), after)]


def applied(data: Any, changes: list[Change]) -> Any:
    """`data` with the changes made; InputError where a path does not exist."""
    data = json.loads(json.dumps(data))
    for path, value in changes:
        try:
            place = data
            for step in path[:-1]:
                place = place[step]
            if value == _GONE:
                del place[path[-1]]
            else:
                place[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            raise InputError(f"link: {clip(path)} does not exist in its example; ask for the scenario file") from None
    return data


def _fingerprint(scenario: Scenario) -> str:
    return hashlib.sha256(canonical_json(scenario).encode()).hexdigest()[:FINGERPRINT]


def link_parameter(scenario: Scenario) -> str:
    """The value of the link's parameter; InputError where the scenario has to go by file."""
    for number, workload in enumerate(scenario.workloads):
        if isinstance(workload.traffic.profile, tuple):
            raise InputError(f"workloads.{number}.traffic.profile: measured profiles go by file, not by link")
    plain = scenario.model_copy(update={"pins": None})
    data = scenario_data(plain)
    candidates = (
        {"preset": name, "is": _fingerprint(preset), "changes": differences(scenario_data(preset), data)}
        for name, preset in presets().items()
    )
    best = min((json.dumps(c, separators=(",", ":"), ensure_ascii=False) for c in candidates), key=len)
    packed = base64.urlsafe_b64encode(zlib.compress(best.encode(), 9)).decode().rstrip("=")
    return f"{LINK_VERSION}.{packed}"


def address_parameter(scenario: Scenario) -> str | None:
    """The link's parameter where the page's own address can hold it, else None."""
    try:
        parameter = link_parameter(scenario)
    except InputError:
        return None
    return parameter if len(parameter) <= ADDRESS_LIMIT else None


def link(scenario: Scenario, base: str) -> str:
    """A link to the web form at `base` that opens the scenario; InputError where it would be too long."""
    text = f"{base}{'&' if '?' in base else '?'}{PARAMETER}={link_parameter(scenario)}"
    if len(text) > LINK_LIMIT:
        raise InputError(f"link: {len(text)} characters, more than {LINK_LIMIT} get cut in mail; share the scenario file")
    return text


def scenario_from_parameter(text: str) -> Scenario:
    """The scenario behind a link's parameter; InputError for anything truncated, foreign, too large or invalid."""
    version, dot, packed = text.partition(".")
    if not dot or version != LINK_VERSION:
        raise InputError(f"link: version {clip(version, 12)!r} is not known; this release reads {LINK_VERSION}")
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(raw, MAX_BYTES)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise zlib.error("incomplete, or larger than a scenario")
        content = json.loads(unpacked)
        preset, mark, changes = content["preset"], content["is"], content["changes"]
        changes = [(list(path), value) for path, value in changes]
    except (ValueError, binascii.Error, zlib.error, KeyError, TypeError, RecursionError):
        raise InputError("link: damaged or cut off; copy it whole, or ask for the scenario file") from None
    known = presets().get(preset) if isinstance(preset, str) else None
    if known is None or _fingerprint(known) != mark:
        raise InputError(f"link: made from another edition of the example {clip(preset)!r}; ask for the scenario file")
    return scenario_from(applied(scenario_data(known), changes), "link")


def scenario_from_pdf(content: bytes, where: str = "report") -> Scenario:
    """The scenario that a report carries; InputError where there is none."""
    from pypdf import PdfReader

    if len(content) > PDF_LIMIT:
        raise InputError(f"{where}: larger than {PDF_LIMIT // 1_000_000} MB; a report is smaller")
    try:
        attached = dict(PdfReader(io.BytesIO(content)).attachments).get(ATTACHMENT)
    except Exception:  # whatever a broken PDF makes the reader raise
        attached = None
    if not attached:
        raise InputError(f"{where}: carries no scenario; only reports of this product do")
    return parse_scenario(attached[0], f"{where}: {ATTACHMENT}")


def scenario_from_bytes(content: bytes, where: str) -> Scenario:
    """A scenario from an uploaded file, YAML, JSON or report PDF."""
    return scenario_from_pdf(content, where) if content.startswith(PDF_MAGIC) else parse_scenario(content, where)


def open_link(text: str) -> Scenario:
    """The scenario behind a whole link; InputError where it has none or a damaged one."""
    try:
        parameter = parse_qs(urlsplit(text).query).get(PARAMETER)
    except ValueError:  # such as an address with an unclosed bracket
        parameter = None
    if not parameter:
        raise InputError(f"link: without the parameter {PARAMETER}; copy it whole")
    return scenario_from_parameter(parameter[0])


def open_scenario(name: str) -> Scenario:
    """A scenario from a file, a report PDF or a link; InputError as each says."""
    if name.startswith(("http://", "https://", f"?{PARAMETER}=")):
        return open_link(name)
    path = Path(name)
    if path.is_file():
        with path.open("rb") as file:
            start = file.read(len(PDF_MAGIC))
            if start == PDF_MAGIC:
                return scenario_from_pdf(start + file.read(PDF_LIMIT), name)
    return load_scenario(path)
