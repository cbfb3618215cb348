"""Numbers as users write them: bare, or with a range."""

from __future__ import annotations

import math
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from calculator.wording import quoted


class Model(BaseModel):
    """Frozen, refuses unknown keys, field docstrings become schema descriptions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, validate_default=True
    )


def _no_control_characters(text: str) -> str:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text if letter not in "\n\t"):
        raise ValueError("has control characters, which a terminal would obey; remove them")
    return text


PlainText = Annotated[str, AfterValidator(_no_control_characters)]
"""Text that is printed as it stands."""


@cache
def is_country(code: str) -> bool:
    """Whether a code of two capitals is a country's or territory's in ISO 3166-1, as Unicode's locale data list them."""
    from babel.core import get_global  # late: only scenarios that name a country need it

    return len(code) == 2 and code.isupper() and code not in ("EU", "ZZ") and code in get_global("territory_currencies")


def _known_country(code: str) -> str:
    if not is_country(code):
        hint = "; the United Kingdom is GB" if code == "UK" else "; use an ISO code such as DE"
        raise ValueError(f"unknown country {code!r}{hint}")
    return code


Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_country)]
"""ISO 3166-1 code of two capitals."""


class Range(Model):
    """A number that is not known exactly: `{low, base, high}`, low and high bounding about the central 80 %."""

    low: float
    """The value that is undercut in about one case of ten."""
    base: float
    """The middle estimate, as likely undercut as exceeded; the point estimate uses it."""
    high: float
    """The value that is exceeded in about one case of ten."""

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.low <= self.base <= self.high:
            raise ValueError(f"needs low <= base <= high, got {quoted(self.low)}, {quoted(self.base)}, {quoted(self.high)}")
        return self


class TokenSize(Model):
    """Tokens of a request: their mean, and how far the long ones reach."""

    mean: float | Range
    """Mean over all requests, in text tokens of the reference tokenizer."""
    p95: float | None = None
    """95 of 100 requests are shorter; decides how many fall into long-context price tiers."""

    @model_validator(mode="after")
    def _spread(self) -> TokenSize:
        if self.p95 is not None and not base(self.mean) <= self.p95:
            raise ValueError(f"p95 ({quoted(self.p95)}) must not be below the mean ({quoted(base(self.mean))})")
        return self


def base(number: float | Range) -> float:
    """The point estimate of a number or range."""
    return number.base if isinstance(number, Range) else float(number)


def rescaled(number: float | Range, to: float) -> float | Range:
    """A number with another base value; a range keeps its spread in proportion (around 0 it has none to keep)."""
    if not isinstance(number, Range):
        return to
    ratio = to / number.base if number.base else 1.0
    low, high = sorted((number.low * ratio, number.high * ratio))
    return Range(low=min(low, to), base=to, high=max(high, to))


def _bounds(number: Any) -> list[float]:
    if isinstance(number, TokenSize):
        number = number.mean
    return [number.base, number.low, number.high] if isinstance(number, Range) else [float(number)]


def within(low: float, high: float, *, open_low: bool = False) -> AfterValidator:
    """A check that a number, range or token size stays within bounds, on all of low, base and high."""

    def check(number: Any) -> Any:
        for value in [] if number is None else _bounds(number):
            if math.isnan(value) or value > high or value < low or (open_low and value == low):
                relation = "above" if open_low else "at least"
                raise ValueError(f"must be {relation} {quoted(low)} and at most {quoted(high)}, got {quoted(value)}")
        return number

    return AfterValidator(check)


def _no_boolean(number: Any) -> Any:
    if isinstance(number, bool):
        raise ValueError("must be a number, got true/false")
    if isinstance(number, str):
        raise ValueError(f"must be a number, got the text {number[:40]!r}")
    return number


Number = Annotated[float, BeforeValidator(_no_boolean)]
Uncertain = Annotated[Range | Number, Field(union_mode="left_to_right")]
Share = Annotated[Uncertain, within(0, 1)]
