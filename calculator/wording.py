"""How figures and outcomes are worded, in the terminal, on the page and in the report alike.

The engine works in US dollars; readers see the scenario's currency. `shown_in` sets it for the code inside, and every
function here converts and words accordingly (numbers by Unicode's locale data, through Babel).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from calculator.errors import InputError, clip

GATE_WORDS = {"pass": "passes", "fail": "fails", "needs_evidence": "needs evidence"}
COMPACT_FROM = 9999.5
"""Amounts from here on are shortened: `$56.7K`, `$1.23M`."""
MOST_SHARE = 10.0
"""Rates of return beyond it say no more than that."""
FULL_FROM = 9.995
"""Amounts from here on are shown without cents."""

WHOLE_FROM = 100.0
"""Counts from here on are whole."""
QUOTED_WHOLE = 1e18
"""From here on a message names the power of ten instead of all zeros."""


@dataclass(frozen=True)
class Shown:
    """What money is shown in."""

    currency: str = "USD"
    per_usd: float = 1.0
    """Units of the currency for one US dollar."""
    locale: str = "en_US"


_DOLLARS = Shown()
_SHOWN: ContextVar[Shown] = ContextVar("shown", default=_DOLLARS)


@contextmanager
def shown_in(currency: str, per_usd: float, locale: str | None = None) -> Iterator[None]:
    """Word money in a currency and numbers in a locale (None: as now), in this thread or task, until the block ends."""
    token = _SHOWN.set(Shown(currency, per_usd, locale or _SHOWN.get().locale))
    try:
        yield
    finally:
        _SHOWN.reset(token)


def known_locale(name: str) -> str:
    """The name of a locale such as de_DE; InputError where there is no such."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise InputError(f"locale: {clip(name)!r} is not known; use one such as en_US, en_GB, de_DE or fr_FR") from None


def shown() -> Shown:
    """What money is shown in now."""
    return _SHOWN.get()


def money(usd: float | None) -> str:
    """An amount with as many digits as a decision needs: `$1,234`, `$56.7K`, `$1.23M`; cents below ten."""
    from babel.numbers import format_compact_currency, format_currency

    if usd is None:
        return "–"
    now = _SHOWN.get()
    amount = usd * now.per_usd
    size = abs(amount)
    if size < COMPACT_FROM or (size < 1e6 and not _shortens_thousands(now.locale)):
        pattern = _currency_pattern(now.locale)
        if size >= FULL_FROM or not size:
            pattern = pattern.replace("0.00", "0")
        return str(format_currency(amount, now.currency, pattern, locale=now.locale, currency_digits=False))
    thousands = 10.0 ** ((len(f"{size:.0f}") - 1) // 3 * 3)
    digits = (2 if thousands > 1e3 else 1) if size / thousands < 99.95 else 1 if size / thousands < 999.5 else 0
    if round(size / thousands, digits) >= 1000 and thousands < 1e12:  # $999,960 is $1M, not $1000K
        amount = 1000 * thousands * (1 if amount > 0 else -1)
    return str(format_compact_currency(amount, now.currency, locale=now.locale, fraction_digits=digits))


def small_money(usd: float, digits: int = 3) -> str:
    """A price below a unit of currency with so many significant digits: `$0.0123`, `€0.00175`."""
    from babel.numbers import format_currency

    now = _SHOWN.get()
    amount = float(f"{usd * now.per_usd:.{digits}g}")
    decimals = 2 if amount == 0 else max(2, digits - 1 - math.floor(math.log10(abs(amount))))
    pattern = _currency_pattern(now.locale).replace("0.00", "0." + "0" * decimals)
    return str(format_currency(amount, now.currency, pattern, locale=now.locale, currency_digits=False))


@cache
def _shortens_thousands(locale: str) -> bool:
    """Whether a locale has a short form for thousands: English K, French k; German has none."""
    from babel.numbers import format_compact_decimal

    return any(letter.isalpha() for letter in format_compact_decimal(20_000, locale=locale))


def axis_amounts() -> tuple[str, str, list[tuple[float, str]]]:
    """What stands before and after an amount along an axis, and the locale's short forms, the largest first."""
    from babel.numbers import format_compact_decimal, format_currency

    now = _SHOWN.get()
    pattern = _currency_pattern(now.locale).replace("0.00", "0")
    before, after = str(format_currency(7, now.currency, pattern, locale=now.locale, currency_digits=False)).split("7")
    sizes = [1e12, 1e9, 1e6, *([1e3] if _shortens_thousands(now.locale) else [])]
    return before, after, [(s, str(format_compact_decimal(s, locale=now.locale)).removeprefix("1")) for s in sizes]


@cache
def _currency_pattern(locale: str) -> str:
    from babel import Locale

    return str(Locale.parse(locale).currency_formats["standard"].pattern)


def money_in_words(usd: float) -> str:
    """A present value as a sentence needs it: three digits, `$1.23 million`, `$45,600`."""
    from babel.numbers import format_currency, format_decimal, get_currency_symbol

    now = _SHOWN.get()
    amount = usd * now.per_usd
    if not now.locale.startswith("en") and abs(amount) >= 1e6 * 0.9995:
        return money(usd)  # the locale's own short form, as in the tables
    for limit, unit in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(amount) >= limit * 0.9995:
            symbol = get_currency_symbol(now.currency, now.locale)
            return f"{'-' if amount < 0 else ''}{symbol}{format_decimal(abs(amount) / limit, '#,##0.00', now.locale)} {unit}"
    rounded, pattern = float(f"{amount:.3g}"), _currency_pattern(now.locale).replace("0.00", "0")
    return str(format_currency(rounded, now.currency, pattern, locale=now.locale, currency_digits=False))


def count(number: float | None) -> str:
    """A number of requests, tokens or the like, shortened where the locale has a short form: `740`, `3.2M`, `250.000`."""
    from babel.numbers import format_compact_decimal, format_decimal

    if number is None:
        return "–"
    locale = _SHOWN.get().locale
    number = round(number, 0 if abs(number) >= WHOLE_FROM else 2)
    if abs(number) < 1e6 and not _shortens_thousands(locale):
        return str(format_decimal(number, "#,##0.##", locale=locale))
    return str(format_compact_decimal(number, locale=locale, fraction_digits=2))


def crossing_volume(crossing: dict[str, Any]) -> str:
    """Volume of one of a pair's `crossings`: `46.52M`, or `about 46.5M` where several are not told apart."""
    volume = crossing["requests_per_month"]
    return count(volume) if crossing["merged"] == 1 else f"about {count(float(f'{volume:.3g}'))}"


def figure(value: float, digits: int = 3) -> str:
    """A plain number with so many significant digits, never in powers of ten: `0.0123`, `130,000`."""
    rounded = float(f"{value:.{digits}g}")
    return _in_locale(f"{rounded:,.0f}" if abs(rounded) >= 10**digits else f"{rounded:,.12f}".rstrip("0").rstrip("."))


def written(value: float, spec: str) -> str:
    """A number by Python's format specification, with the separators of the locale: `1.43`, `1,43`."""
    return _in_locale(format(value, spec))


def whole(number: float) -> str:
    """A number to its last digit before the point: `1,234`."""
    return written(number, ",.0f")


def dollars(usd: float, decimals: int = 0) -> str:
    """A sum that is told in US dollars whatever money is shown in, such as a cap in a licence: `$1,234`, `1.234 $`."""
    from babel.numbers import format_currency

    locale = _SHOWN.get().locale
    pattern = _currency_pattern(locale).replace("0.00", "0" + ("." + "0" * decimals if decimals else ""))
    return str(format_currency(usd, "USD", pattern, locale=locale, currency_digits=False))


def _in_locale(text: str) -> str:
    """The same figures with the separators of the locale."""
    locale = _SHOWN.get().locale
    if locale == _DOLLARS.locale:
        return text
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return text.translate({ord(","): get_group_symbol(locale), ord("."): get_decimal_symbol(locale)})


def quoted(value: float) -> str:
    """A number as a message quotes it: every digit that matters, grouped: `-0.99`, `1,000,000`; beyond 10^18 `1 × 10^40`."""
    if value != value or abs(value) == float("inf"):
        return str(value)
    if abs(value) >= QUOTED_WHOLE:
        digits, power = f"{value:.11e}".split("e")
        return f"{float(digits):g} × 10^{int(power)}"
    return figure(value, 12)


def months_in_words(months: float) -> str:
    """A span of time: `1 month`, `36 months`."""
    return f"{months:.0f} month{'' if round(months) == 1 else 's'}"


def percent(share: float | None) -> str:
    """`73 %`; a chance that is not quite certain never shows as 0 or 100."""
    if share is None:
        return "–"
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    if share > MOST_SHARE:
        return f">{figure(100 * MOST_SHARE, 4)} %"
    return f"{share:.0%}".replace("%", " %")


def payback_words(month: int | None, why: str) -> str:
    """`month 14`, `at once`, `never`, or a dash where the question does not arise."""
    if month is None:
        return "never" if "earned back" in why else "–"
    return "at once" if month == 0 else f"month {month}"


def same_words(leg: str) -> str:
    """What is said of a mix whose figures are those of one of its parts."""
    return f"the mix does not pay: same as {leg}"


def ranked(options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options that pass first, then those that need evidence, then those that fail; cheapest first in each.

    A mix that amounts to one of its parts comes after that part.
    """
    order = {"pass": 0, "needs_evidence": 1, "fail": 2}
    mean = {o["id"]: o["npv_usd"]["mean"] for o in options}

    def key(o: dict[str, Any]) -> tuple[int, float, bool, str]:
        leg = o.get("same_as")
        return order[o["feasibility"]], mean.get(leg, mean[o["id"]]), leg is not None, o["id"]

    return sorted(options, key=key)


TWO_LEVELS = (
    "Figures a month, a million tokens and PV base are at base values; PV mean, which decides, and P10 to P90 over draws. "
    "A month is its running bill: set-up, moves, refresh, servers bought or sold and exit are in the PV alone."
)
"""What a table says that shows figures at base values beside figures over draws."""
