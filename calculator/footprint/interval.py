"""A figure with the ends of what is plausible; both ends move together, so an interval is wide rather than narrow."""

from __future__ import annotations

from dataclasses import dataclass

from calculator.assumptions import Parameter


@dataclass(frozen=True)
class Interval:
    """low <= base <= high, none of them negative."""

    low: float
    base: float
    high: float

    @staticmethod
    def of(parameter: Parameter) -> Interval:
        """An assumption with its range, or a point where it has none."""
        value = parameter.number
        return Interval(
            value if parameter.low is None else parameter.low, value, value if parameter.high is None else parameter.high
        )

    @staticmethod
    def exactly(value: float) -> Interval:
        return Interval(value, value, value)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.base + other.base, self.high + other.high)

    def __mul__(self, other: Interval | float) -> Interval:
        o = other if isinstance(other, Interval) else Interval.exactly(other)
        return Interval(self.low * o.low, self.base * o.base, self.high * o.high)

    def __truediv__(self, other: Interval | float) -> Interval:
        o = other if isinstance(other, Interval) else Interval.exactly(other)
        return Interval(self.low / o.high, self.base / o.base, self.high / o.low)

    def as_dict(self) -> dict[str, float]:
        return {"low": self.low, "base": self.base, "high": self.high}
