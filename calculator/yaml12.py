"""YAML read by the 1.2 core schema, safely.

PyYAML follows YAML 1.1, where `1e9` is text, `NO` is false, `012` is octal and `2027-01-01` a date.
Here `1e9` is a number, `NO` a country, dates are text, `true`/`false` and `null`/`~` keep their meaning
(https://yaml.org/spec/1.2.2/#103-core-schema). Aliases are refused: they can expand without bound.
Repeated keys are refused: one of the two would be lost silently.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import yaml

from calculator.errors import InputError, clip

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 2_000_000
MAX_DEPTH = 50
MAX_DIGITS = 400
TOO_DEEP = "nested too deeply; five levels suffice"


_TAG = "tag:yaml.org,2002:"
_PLAIN = re.compile(
    r"(?P<int>[-+]?[0-9]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
    r"|(?P<bool>true|True|TRUE|false|False|FALSE)"
    r"|(?P<null>~|null|Null|NULL|)"
)
"""What stands without quotes and is not text, by its tag."""
_FIRST = frozenset("-+.0123456789tTfF~nN")
"""How such a value begins, unless it is empty."""


class _Document:
    """Builds a document from the parser's events in one pass that refuses traps where it meets them.

    Aliases expand without bound, and deep nesting overruns a stack. PyYAML's own builder takes twice as long: it makes a
    tree of nodes first.
    """

    def __init__(self, text: str, aliases: bool) -> None:
        self._parser = _Parser(text)
        self._next: Callable[[], Any] = self._parser.get_event
        self._named: dict[str, Any] | None = {} if aliases else None

    def value(self) -> Any:
        """The only document, None where there is none."""
        try:
            self._next()  # the stream begins
            if type(self._next()) is yaml.StreamEndEvent:
                return None
            document = self._value(self._next(), 1)
            self._next()  # the document ends
            if type(more := self._next()) is not yaml.StreamEndEvent:
                raise _refusal("a second document begins here; keep one", more.start_mark)
            return document
        finally:
            self._parser.dispose()

    def _value(self, event: Any, depth: int) -> Any:
        """The value that begins with an event."""
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event)
        if kind is yaml.ScalarEvent:
            found = _scalar(event)
        elif depth > MAX_DEPTH:
            raise _refusal(TOO_DEEP, event.start_mark)
        elif kind is yaml.MappingStartEvent:
            found = self._mapping(event, depth + 1)
        else:
            found = self._sequence(event, depth + 1)
        if event.anchor is not None and self._named is not None:
            self._named[event.anchor] = found
        return found

    def _alias(self, event: Any) -> Any:
        if self._named is None:
            raise _refusal("aliases (*name) are not accepted; write the value out", event.start_mark)
        if event.anchor not in self._named:
            raise _refusal(f"no value above is named &{clip(event.anchor)}", event.start_mark)
        return self._named[event.anchor]

    def _sequence(self, event: Any, depth: int) -> list[Any]:
        _check_tag(event, "seq")
        items = []
        while type(item := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._value(item, depth))
        return items

    def _mapping(self, event: Any, depth: int) -> dict[Any, Any]:
        _check_tag(event, "map")
        found: dict[Any, Any] = {}
        while type(named := self._next()) is not yaml.MappingEndEvent:
            key = self._value(named, depth)
            if isinstance(key, list | dict):
                raise _refusal("a key must be plain text", named.start_mark)
            if key in found:
                raise _refusal(f"the key {clip(key)!r} stands twice; keep one", named.start_mark)
            found[key] = self._value(self._next(), depth)
        return found


def _scalar(event: Any) -> Any:
    """A single value: text, unless it stands without quotes (or under a tag) and reads as something else."""
    text: str = event.value
    if event.tag == "!" or (event.tag is None and not event.implicit[0]):
        return text
    found = _PLAIN.fullmatch(text) if text[:1] in _FIRST or not text else None
    kind = found.lastgroup if found else "str"
    if event.tag is not None:
        wanted = event.tag.removeprefix(_TAG)
        kind = wanted if wanted in ("str", kind) or (wanted, kind) == ("float", "int") else None
    if kind == "str":
        return text
    if kind == "int":
        if len(text) > MAX_DIGITS:
            raise _refusal(f"a whole number of over {MAX_DIGITS} digits", event.start_mark)
        return int(text)
    if kind == "float":
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if kind is None:
        raise _refusal(f"the tag {clip(event.tag)} is not accepted here; leave it out", event.start_mark)
    return text.lower() == "true" if kind == "bool" else None


def _check_tag(event: Any, kind: str) -> None:
    if event.tag not in (None, "!", _TAG + kind):
        raise _refusal(f"the tag {clip(event.tag)} is not accepted here; leave it out", event.start_mark)


def _refusal(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


def _read_json(text: str, where: str) -> Any:
    """JSON as JSON: its \\u escapes come in pairs beyond the basic plane, which the YAML parser refuses."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"{where}: the key {clip(twice)!r} stands twice; keep one")
        return found

    def whole(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            raise InputError(f"{where}: a whole number of over {MAX_DIGITS} digits")
        return int(digits)

    try:
        return json.loads(text, object_pairs_hook=once, parse_int=whole)
    except RecursionError:
        raise InputError(f"{where}: {TOO_DEEP}") from None


def read_yaml(text: str | bytes, where: str, trusted: bool = False) -> Any:
    """Parse one YAML 1.2 (or JSON) document; a `trusted` one may repeat values by alias.

    Raises InputError naming `where`, line and column for anything that cannot be read.
    """
    if len(text) > MAX_BYTES:
        raise InputError(f"{where}: larger than {MAX_BYTES // 1_000_000} MB; a scenario is a few KB of YAML")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{where}: not UTF-8 text (byte {error.start}); save it as UTF-8 YAML or JSON") from None
    try:
        if text.lstrip()[:1] in ("{", "["):
            with suppress(json.JSONDecodeError):  # flow style of YAML starts so, too
                return _read_json(text, where)
        return _Document(text, aliases=trusted).value()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = error.problem or error.context or "not YAML"
        if "nesting depth" in problem:  # newer libyaml refuses while it still looks ahead for the first event
            problem = TOO_DEEP
        raise InputError(f"{where}{place}: {clip(problem, 160)}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{where}: not YAML or JSON text ({clip(error, 120)})") from None


def _quote_like_yaml12(dumper: Any, text: str) -> Any:
    """Quote text that YAML 1.1 or 1.2 readers would take for something else."""
    risky = re.fullmatch(
        r"|~|null|true|false|yes|no|on|off|y|n|[-+]?[0-9][0-9_,:.]*(?:[eE][-+]?[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}.*",
        text,
        re.IGNORECASE,
    )
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if risky else None)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(str, _quote_like_yaml12)


def write_yaml(data: Any) -> str:
    """`data` as YAML that 1.1 and 1.2 readers understand alike; keys keep their order."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))
