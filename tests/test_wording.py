"""Money and counts as readers see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.wording import count, figure, money, money_in_words, percent, shown_in, small_money


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (3.456, "$3.46"),
        (45.6, "$46"),
        (4407, "$4,407"),
        (56789, "$56.8K"),
        (999_960, "$1M"),
        (1234567, "$1.23M"),
        (2.5e9, "$2.5B"),
        (-45678, "-$45.7K"),
    ],
)
def test_money_has_as_many_digits_as_a_decision_needs(usd: float, text: str) -> None:
    assert money(usd) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01234, "0.0123"), (130_000, "130,000"), (0.5, "0.5"), (1234.5, "1,230"), (-0.2, "-0.2"), (0, "0"), (999.6, "1,000")],
)
def test_a_figure_keeps_its_digits_and_no_powers_of_ten(value: float, text: str) -> None:
    assert figure(value) == text


@given(st.floats(-1e15, 1e15))
def test_money_is_never_in_powers_of_ten(usd: float) -> None:
    for text in (money(usd), money_in_words(usd), count(usd)):
        assert "e+" not in text
        assert len(text) < 24


def test_another_currency_is_converted_and_written_its_way() -> None:
    with shown_in("EUR", 0.5, "de_DE"):
        assert money(8814).replace("\xa0", " ") == "4.407 €"
        assert money(98812).replace("\xa0", " ") == "49.406 €"
    with shown_in("EUR", 0.5):
        assert money(8814) == "€4,407"
        assert money_in_words(2.46e6) == "€1.23 million"
    assert money(8814) == "$8,814"


@pytest.mark.parametrize(
    ("usd", "text"),
    [(0.0012345, "$0.00123"), (0.0521, "$0.0521"), (0.5, "$0.500"), (0.0, "$0.00"), (-0.004, "-$0.00400")],
)
def test_small_prices_keep_three_digits(usd: float, text: str) -> None:
    assert small_money(usd) == text


def test_small_prices_are_in_the_currency_that_is_shown() -> None:
    with shown_in("EUR", 0.5):
        assert small_money(0.00246) == "€0.00123"
    with shown_in("EUR", 0.5, "de_DE"):
        assert small_money(0.00246).replace("\xa0", " ") == "0,00123 €"


def test_what_is_not_known_is_a_dash() -> None:
    assert (money(None), percent(None), count(None)) == ("–", "–", "–")


def test_a_near_certainty_is_not_shown_as_certain() -> None:
    assert (percent(0.999), percent(0.001), percent(1.0), percent(0.0)) == (">99 %", "<1 %", "100 %", "0 %")
