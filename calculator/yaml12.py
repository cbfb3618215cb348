"""YAML read by the 1.2 core schema, safely.

PyYAML follows YAML 1.1, where `1e9` is text, `NO` is false, `012` is octal and `2027-01-01` a date.
Here `1e9` is a number, `NO` a country, dates are text, `true`/`false` and `null`/`~` keep their meaning
(https://yaml.org/spec/1.2.2/#103-core-schema). Aliases are refused: they can expand without bound.
Repeated keys are refused: one of the two would be lost silently.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml

from calculator.errors import InputError, clip

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 2_000_000
MAX_DEPTH = 50
MAX_DIGITS = 400
TOO_DEEP = "nested too deeply; five levels suffice"


class _Loader(_Base):  # type: ignore[misc]
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | type(None)):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {clip(key)!r} stands twice; keep one", key_node.start_mark
                )
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        "-+0123456789.",
    ),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def _int(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    if len(text) > MAX_DIGITS:
        problem = f"a whole number of over {MAX_DIGITS} digits"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return int(text)


def _float(loader: Any, node: Any) -> float:
    text = loader.construct_scalar(node).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


_Loader.add_constructor("tag:yaml.org,2002:int", _int)
_Loader.add_constructor("tag:yaml.org,2002:float", _float)


def _refuse_traps(text: str) -> None:
    """Aliases expand without bound and deep nesting overruns the C parser's stack; events show both safely."""
    depth = 0
    events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases (*name) are not accepted; write the value out", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _refusal(TOO_DEEP, event.start_mark)


def _refusal(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.composer.ComposerError(None, None, problem, mark)


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
    """Parse one YAML 1.2 (or JSON) document; `trusted` skips the pass that looks for traps.

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
        if not trusted:
            _refuse_traps(text)
        return yaml.load(text, Loader=_Loader)
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
