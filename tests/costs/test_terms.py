"""Terms signed in stages: reservations and leases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.costs.owned import lease_payment_share
from calculator.costs.terms import Terms, signed_in_stages
from calculator.options import Lease

needs = st.lists(st.integers(0, 9), min_size=1, max_size=24)


@given(needs, st.integers(1, 36))
def test_running_terms_meet_the_need_and_no_term_is_signed_early(need: list[int], months: int) -> None:
    wanted = np.array([need], dtype=float)
    signed, otherwise = signed_in_stages(wanted, months)
    terms = Terms(signed, np.ones_like(signed), months)
    assert (terms.running >= wanted).all() and not otherwise.any()
    before = terms.running - signed
    assert (np.where(signed > 0, before + signed, wanted) == wanted).all()  # never more than the need at signing


@given(needs, st.integers(1, 36))
def test_everything_signed_is_paid_within_the_horizon_or_after(need: list[int], months: int) -> None:
    signed, _ = signed_in_stages(np.array([need], dtype=float), months)
    terms = Terms(signed, np.full_like(signed, 3.0), months)
    paid = terms.paid_usd.sum() + terms.left_usd(0.0)[0]
    assert paid == pytest.approx(signed.sum() * 3.0 * months)
    assert terms.owed_usd()[0, -1] == pytest.approx(terms.left_usd(0.0)[0])


def test_a_three_year_term_over_one_year_leaves_two_years_at_their_value() -> None:
    terms = Terms(np.array([[1.0] + [0.0] * 11]), np.full((1, 12), 100.0), 36)
    monthly = 1.08 ** (1 / 12) - 1
    assert terms.paid_usd.tolist() == [[100.0] * 12]
    assert terms.left_usd(0.08)[0] == pytest.approx(sum(100 / (1 + monthly) ** k for k in range(1, 25)))
    assert terms.owed_usd()[0].tolist() == [100.0 * (36 - k) for k in range(13)]


def test_lease_payment_repays_price_less_residual() -> None:
    lease = Lease(annual_rate=0.09, term_months=36, residual_share=0.2)
    month = 0.09 / 12
    repaid = sum(lease_payment_share(lease) / (1 + month) ** k for k in range(1, 37)) + 0.2 / (1 + month) ** 36
    assert repaid == pytest.approx(1)
    assert lease_payment_share(Lease(annual_rate=0, term_months=20)) == pytest.approx(0.05)
