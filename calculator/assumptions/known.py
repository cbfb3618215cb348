"""The assumption set: scalars and tables by id, with a scenario's own figures on top."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from calculator.assumptions.bounds import check_override
from calculator.assumptions.parameter import (
    METADATA,
    TEXT_UNITS,
    Parameter,
    inherited_metadata,
    read_parameter,
    with_override,
)
from calculator.assumptions.row import Row
from calculator.errors import InputError, unknown_name
from calculator.yaml12 import read_yaml

HAS_RANGE = re.compile(r"\blow[\"']?\s*:")
"""What the text of a file with ranges holds."""
RANGED = {"low", "same_as"}
"""Keys of a scalar that may vary; one that is another has a dimension of its own for where it is set itself."""


class Assumptions:
    """The assumption set of one folder, with a scenario's overrides on top. Topics are read when first asked for."""

    def __init__(self, texts: Mapping[str, str], overrides: Mapping[str, Any] | None = None) -> None:
        self._texts = texts
        self._overrides = dict(overrides or {})
        self._topics: dict[str, Mapping[str, Any]] = {}
        self._rows: dict[str, Mapping[str, Row]] = {}
        self._built: dict[str, Parameter] = {}

    def with_overrides(self, overrides: Mapping[str, Any]) -> Assumptions:
        """The same set with figures replaced by id; InputError for an id or figure that cannot be."""
        if not overrides:
            return self
        for name in overrides:
            self._check_overridable(name)
        other = Assumptions(self._texts, {**self._overrides, **overrides})
        other._topics = self._topics
        for name in overrides:
            check_override(other.parameter(name))
        return other

    def with_parameters(self, parameters: Iterable[Parameter]) -> Assumptions:
        """The same set with other scalars under ids that it has; overrides must have been made before."""
        other = Assumptions(self._texts, self._overrides)
        other._topics, other._rows = self._topics, self._rows
        other._built = {p.id: p for p in parameters}
        return other

    @property
    def overridden(self) -> Collection[str]:
        """Ids of the figures that a scenario has set."""
        return self._overrides.keys()

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

    def text(self, topic: str) -> str:
        """One file as it stands; KeyError where there is none."""
        return self._texts[topic]

    def with_texts(self, texts: Mapping[str, str]) -> Assumptions:
        """The same set with whole files replaced, by topic."""
        return Assumptions({**self._texts, **texts}, self._overrides)

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
            return with_override(self._scalar(name, scalars[rest], inherited_metadata(content)), self._overrides)
        key, _, column = rest.rpartition(".")
        if key in content.get("rows", {}):
            return self.row(topic, key).parameter(column)
        raise unknown_name("assumptions", "assumption", name, self.ids(topic))

    def _scalar(self, name: str, raw: Any, inherited: Mapping[str, Any]) -> Parameter:
        """A scalar as its file has it; `same_as` takes the figures of another scalar, the user's own included."""
        other = raw.get("same_as") if isinstance(raw, Mapping) else None
        if other is None:
            return read_parameter(name, raw, {}, inherited)
        found = self.parameter(str(other))
        note, said = str(raw.get("note", found.note)), str(raw.get("description", found.description))
        return replace(found, id=name, same_as=str(other), overridden=False, note=note, description=said)

    def number(self, name: str) -> float:
        """The base value of an assumption by its id."""
        return self.parameter(name).number

    def rows(self, topic: str) -> Mapping[str, Row]:
        """The table of a topic, by row key."""
        if topic not in self._rows:
            content = self.topic(topic)
            inherited = inherited_metadata(content)
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
            if not HAS_RANGE.search(self._texts[topic]):
                continue  # spares reading the long tables that a calculation has no use for
            content = self.topic(topic)
            named = content.get("parameters", {})
            first = seldom if content.get("seldom") else scalars
            first += [f"{topic}.{n}" for n, cell in named.items() if isinstance(cell, dict) and cell.keys() & RANGED]
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
