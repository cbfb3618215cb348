"""The keys of a model's config.json, checked as they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calculator.errors import InputError, clip

LARGEST = 100_000_000
"""No size of a model is larger; what is, is a slip."""
MOST_LAYERS = 2_000


class Fields:
    """The keys of a config, checked as they are read."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values, self.where = values, where

    def has(self, *names: str) -> bool:
        return any(self.values.get(n) is not None for n in names)

    def value(self, name: str, default: Any = None) -> Any:
        found = self.values.get(name)
        return default if found is None else found

    def optional(self, *names: str) -> int | None:
        """A whole number from 1 under the first of the names that is there; None where none is."""
        for name in names:
            given = self.values.get(name)
            if given is None:
                continue
            if isinstance(given, bool) or not isinstance(given, int | float) or given % 1 != 0:  # inf % 1 is nan
                raise InputError(f"{self.where}: {name}: must be a whole number, got {clip(given, 30)!r}")
            if not 1 <= given <= LARGEST:
                raise InputError(f"{self.where}: {name}: must lie between 1 and {LARGEST:,}, got {clip(given, 30)}")
            return int(given)
        return None

    def whole(self, *names: str) -> int:
        """The same; InputError where none of the names is there."""
        found = self.optional(*names)
        if found is None:
            raise InputError(f"{self.where}: {names[0]} is missing; is this the config.json of a language model?")
        return found

    def or_else(self, default: int, *names: str) -> int:
        """The same with a default; 0 counts as given."""
        for name in names:
            if self.values.get(name) == 0:
                return 0
        found = self.optional(*names)
        return default if found is None else found

    def items(self, name: str) -> Sequence[Any] | None:
        """A list; None where there is none."""
        given = self.values.get(name)
        if given is None or isinstance(given, int):
            return None
        if not isinstance(given, list) or len(given) > MOST_LAYERS:
            raise InputError(f"{self.where}: {name}: must be a list with one entry a layer")
        return given
