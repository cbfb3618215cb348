"""What the world is: every number with its range, unit, date and source, from `assumptions/*.yaml`.

A file holds scalars under `parameters` (id `topic.name`) and tables under `rows` (id `topic.row.column`).
Metadata (`as_of`, `kind`, `source`, `note`, `valid_days`) is inherited: cell, then row, then the file's
`defaults`. A scenario may override any number by its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, overload

from calculator.errors import InputError, unknown_name
from calculator.yaml12 import read_yaml

KINDS = ("measured", "published", "vendor", "secondary", "estimate")
DISTRIBUTIONS = ("pert", "lognormal", "fixed")
TEXT_UNITS = ("text", "list", "date")
METADATA = ("as_of", "kind", "source", "note", "valid_days", "distribution")
Value = float | str | tuple[str, ...]
_MISSING: Any = object()


@dataclass(frozen=True)
class Source:
    """Where a figure was read: a title, and a web address or a place inside the document."""

    title: str
    url: str | None = None
    locator: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        return {"title": self.title, "url": self.url, "locator": self.locator}


@dataclass(frozen=True)
class Parameter:
    """One assumption. `low` and `high` bound about the central 80 % of what is plausible, or are None."""

    id: str
    value: Value
    unit: str
    low: float | None = None
    high: float | None = None
    as_of: str = ""
    kind: str = "estimate"
    source: Source | None = None
    note: str = ""
    description: str = ""
    distribution: str = "pert"
    valid_days: int = 365
    overridden: bool = False

    @property
    def number(self) -> float:
        """The base value as a number; InputError where it is text."""
        if isinstance(self.value, int | float):
            return float(self.value)
        raise InputError(f"{self.id}: {self.value!r} is not a number")

    @property
    def is_uncertain(self) -> bool:
        return self.distribution != "fixed" and self.low is not None and self.high is not None and self.low < self.high

    def age_days(self, on: date) -> int:
        """Days from `as_of` to `on`."""
        return (on - as_date(self.as_of)).days

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "as_of": self.as_of,
            "kind": self.kind,
            "source": self.source.as_dict() if self.source else None,
            "note": self.note,
            "description": self.description,
            "overridden": self.overridden,
        }


def as_date(text: str) -> date:
    """`2026-11-24`, `2026-11` or `2026` as a date (the first day of what is named)."""
    parts = [int(p) for p in text.split("-")] + [1, 1]
    return date(parts[0], parts[1], parts[2])


@dataclass(frozen=True)
class Row:
    """One row of a table; cells are parameters built on demand."""

    topic: str
    key: str
    cells: Mapping[str, Any]
    columns: Mapping[str, Mapping[str, Any]]
    metadata: Mapping[str, Any]
    overrides: Mapping[str, Any] = field(default_factory=dict)
    _built: dict[str, Parameter] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, column: str) -> bool:
        return column in self.cells or f"{self.topic}.{self.key}.{column}" in self.overrides

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def parameter(self, column: str) -> Parameter:
        """The cell with its metadata; InputError where the row has none."""
        if column not in self._built:
            self._built[column] = self._build(column)
        return self._built[column]

    def _build(self, column: str) -> Parameter:
        name = f"{self.topic}.{self.key}.{column}"
        if column not in self.cells:
            if name in self.overrides and column in self.columns:
                cell: Any = {"value": 0.0, "kind": "estimate", "as_of": "1970-01-01"}
            else:
                raise InputError(f"{name}: not known; set it under `assumptions` in the scenario, or choose another")
        else:
            cell = self.cells[column]
        spec = self.columns.get(column, {})
        return _override(_parameter(name, cell, spec, self.metadata), self.overrides)

    @overload
    def number(self, column: str) -> float: ...
    @overload
    def number(self, column: str, default: None) -> float | None: ...
    @overload
    def number(self, column: str, default: float) -> float: ...
    def number(self, column: str, default: Any = _MISSING) -> Any:
        """The base value of a numeric cell, or `default` where the row has none."""
        if column not in self and default is not _MISSING:
            return default
        return self.parameter(column).number

    @overload
    def text(self, column: str) -> str: ...
    @overload
    def text(self, column: str, default: None) -> str | None: ...
    @overload
    def text(self, column: str, default: str) -> str: ...
    def text(self, column: str, default: Any = _MISSING) -> Any:
        """A text cell, or `default` where the row has none."""
        if column not in self and default is not _MISSING:
            return default
        return str(self.parameter(column).value)

    def list(self, column: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list cell, or `default` where the row has none."""
        if column not in self:
            return tuple(default)
        value = self.parameter(column).value
        return value if isinstance(value, tuple) else (str(value),)


def _source(raw: Any, where: str) -> Source | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or "title" not in raw:
        raise InputError(f"{where}: a source needs a title and a url or locator")
    return Source(str(raw["title"]), raw.get("url"), str(raw["locator"]) if raw.get("locator") else None)


def _parameter(name: str, cell: Any, spec: Mapping[str, Any], inherited: Mapping[str, Any]) -> Parameter:
    own = cell if isinstance(cell, Mapping) else {"value": cell}
    if "value" not in own:
        raise InputError(f"{name}: has no value")
    value = own["value"]
    if isinstance(value, list):
        value = tuple(str(v) for v in value)
    meta = {**inherited, **own}
    return Parameter(
        id=name,
        value=value,
        unit=str(own.get("unit", spec.get("unit", "text"))),
        low=own.get("low"),
        high=own.get("high"),
        as_of=str(meta.get("as_of", "")),
        kind=str(meta.get("kind", "estimate")),
        source=_source(meta.get("source"), name),
        note=str(meta.get("note") or ""),
        description=str(own.get("description") or spec.get("description") or ""),
        distribution=str(own.get("distribution") or spec.get("distribution") or meta.get("distribution") or "pert"),
        valid_days=int(meta.get("valid_days", 365)),
    )


def _override(parameter: Parameter, overrides: Mapping[str, Any]) -> Parameter:
    given = overrides.get(parameter.id, _MISSING)
    if given is _MISSING:
        return parameter
    if isinstance(given, int | float):
        given = {"base": given}
    return replace(
        parameter,
        value=given["base"],
        low=given.get("low"),
        high=given.get("high"),
        kind="estimate",
        source=Source("Set in the scenario", locator="assumptions"),
        note="the user's own figure",
        overridden=True,
    )


class Assumptions:
    """The assumption set of one folder, with a scenario's overrides on top. Topics are read when first asked for."""

    def __init__(self, texts: Mapping[str, str], overrides: Mapping[str, Any] | None = None) -> None:
        self._texts = texts
        self._overrides = dict(overrides or {})
        self._topics: dict[str, Mapping[str, Any]] = {}
        self._rows: dict[str, Mapping[str, Row]] = {}
        self._built: dict[str, Parameter] = {}

    def with_overrides(self, overrides: Mapping[str, Any]) -> Assumptions:
        """The same set with figures replaced by id; InputError for an id that does not exist or is not a number."""
        if not overrides:
            return self
        for name in overrides:
            self._check_overridable(name)
        other = Assumptions(self._texts, {**self._overrides, **overrides})
        other._topics = self._topics
        return other

    def _check_overridable(self, name: str) -> None:
        where = f"assumptions.{name}"
        topic = self._topic_of(name)
        if topic is None:
            raise unknown_name("assumptions", "topic of assumption", name, self.topics())
        rest = name[len(topic) + 1 :]
        content = self.topic(topic)
        if rest in content.get("parameters", {}):
            parameter = self.parameter(name)
            if not isinstance(parameter.value, int | float):
                raise InputError(f"{where}: is text, not a number, and cannot be overridden")
            return
        key, _, column = rest.rpartition(".")
        if key in content.get("rows", {}) and content["columns"].get(column, {}).get("unit", "text") not in TEXT_UNITS:
            return
        raise unknown_name("assumptions", "assumption", name, (p for p in self.ids(topic)))

    def topics(self) -> list[str]:
        """All topics, sorted."""
        return sorted(self._texts)

    def topic(self, topic: str) -> Mapping[str, Any]:
        """One file as read; InputError where there is none."""
        if topic not in self._topics:
            if topic not in self._texts:
                raise unknown_name("assumptions", "topic", topic, self._texts)
            content = read_yaml(self._texts[topic], f"assumptions/{topic.replace('.', '/')}.yaml", trusted=True)
            if not isinstance(content, Mapping) or content.get("topic") != topic:
                raise InputError(f"assumptions/{topic.replace('.', '/')}.yaml: `topic` must be {topic}")
            self._topics[topic] = content
        return self._topics[topic]

    def _topic_of(self, name: str) -> str | None:
        matches = [t for t in self._texts if name.startswith(t + ".")]
        return max(matches, key=len) if matches else None

    def parameter(self, name: str) -> Parameter:
        """A scalar or cell by its id; InputError with the nearest ids where there is none."""
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    def _build(self, name: str) -> Parameter:
        topic = self._topic_of(name)
        if topic is None:
            raise unknown_name("assumptions", "topic of assumption", name, self._texts)
        content = self.topic(topic)
        rest = name[len(topic) + 1 :]
        scalars = content.get("parameters", {})
        if rest in scalars:
            inherited = _metadata(content)
            return _override(_parameter(name, scalars[rest], {}, inherited), self._overrides)
        key, _, column = rest.rpartition(".")
        if key in content.get("rows", {}):
            return self.row(topic, key).parameter(column)
        raise unknown_name("assumptions", "assumption", name, self.ids(topic))

    def number(self, name: str) -> float:
        """The base value of an assumption by its id."""
        return self.parameter(name).number

    def rows(self, topic: str) -> Mapping[str, Row]:
        """The table of a topic, by row key."""
        if topic not in self._rows:
            content = self.topic(topic)
            inherited = _metadata(content)
            columns = content.get("columns", {})
            table = {}
            for key, raw in (content.get("rows") or {}).items():
                own = {k: raw[k] for k in METADATA if k in raw}
                cells = {k: v for k, v in raw.items() if k not in METADATA and v is not None}
                table[str(key)] = Row(topic, str(key), cells, columns, {**inherited, **own}, self._overrides)
            self._rows[topic] = table
        return self._rows[topic]

    def row(self, topic: str, key: str, where: str = "assumptions") -> Row:
        """One row; InputError with the nearest keys where there is none."""
        rows = self.rows(topic)
        if key not in rows:
            raise unknown_name(where, f"entry of {topic}", key, rows)
        return rows[key]

    def ids(self, topic: str | None = None) -> list[str]:
        """All ids of a topic, or of the whole set, in file order."""
        if topic is None:
            return [i for t in self.topics() for i in self.ids(t)]
        content = self.topic(topic)
        scalars = [f"{topic}.{name}" for name in content.get("parameters", {})]
        return scalars + [f"{topic}.{key}.{column}" for key, row in self.rows(topic).items() for column in row.cells]

    def parameters(self, topic: str | None = None) -> Iterator[Parameter]:
        """Every assumption, in file order."""
        return (self.parameter(name) for name in self.ids(topic))

    @cached_property
    def ranged_ids(self) -> Mapping[str, int]:
        """Every assumption that has a range, numbered: scalars first, then cells, each in file order.

        Topics marked `seldom` come last: what few costs hang on shall not take the best dimensions from the rest.
        """
        scalars: list[str] = []
        cells: list[str] = []
        seldom: list[str] = []
        for topic in self.topics():
            content = self.topic(topic)
            named = content.get("parameters", {})
            first = seldom if content.get("seldom") else scalars
            first += [f"{topic}.{n}" for n, scalar in named.items() if isinstance(scalar, dict) and "low" in scalar]
            for key, row in (content.get("rows") or {}).items():
                rest = seldom if content.get("seldom") else cells
                rest += [f"{topic}.{key}.{n}" for n, cell in row.items() if isinstance(cell, dict) and "low" in cell]
        return {name: number for number, name in enumerate(scalars + cells + seldom)}

    @cached_property
    def sha256(self) -> str:
        """Hash of all files: the identity of the set, written into saved scenarios."""
        digest = hashlib.sha256()
        for topic in self.topics():
            digest.update(f"{topic}\n{self._texts[topic]}\n".encode())
        return digest.hexdigest()


def _metadata(content: Mapping[str, Any]) -> dict[str, Any]:
    inherited = dict(content.get("defaults") or {})
    inherited.setdefault("valid_days", content.get("valid_days", 365))
    return inherited


def assumptions_folder() -> Path:
    """The folder of the shipped files: beside the package in a checkout, inside it when installed."""
    installed = Path(str(files("calculator"))) / "_assumptions"
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / "assumptions"


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
