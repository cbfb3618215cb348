"""What a request costs at a date: genai-prices by id, our dated files beside it."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from genai_prices import data

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.prices import change_dates, price_list, request_cost_usd, usd_per_request

KNOWN = load_assumptions()
DAY = date(2026, 11, 23)


def cost(provider: str, model: str, on: date = DAY, tokens: float = 1e6, batch: bool = False, **where: str) -> float:
    prices = price_list(KNOWN, provider, model, **where)
    return request_cost_usd(prices, input_tokens=tokens, output_tokens=0, on=on, batch=batch)


def test_every_offer_is_priced() -> None:
    for key, row in KNOWN.rows("offers").items():
        filed = [r for r in KNOWN.rows("token_prices").values() if f"{r.text('provider')}/{r.text('model')}" == key]
        where = {} if not filed else {"endpoint": filed[0].text("endpoint"), "region": filed[0].text("region")}
        assert price_list(KNOWN, row.text("provider"), row.text("model"), **where).periods


def test_ids_that_do_not_match_themselves_are_found_as_data() -> None:
    """Matching by reference fails for some ids of the package's own data; a lookup by id does not."""
    lost = [(p.id, m.id) for p in data.providers for m in p.models if p.find_model(m.id) is not m]
    assert len(lost) > 20
    for provider, model in lost:
        assert price_list(KNOWN, provider, model).periods


def test_azure_and_bedrock_in_the_eu_come_from_dated_files() -> None:
    assert cost("azure", "gpt-5.1", endpoint="data_zone", region="eu") == pytest.approx(1.375)
    assert cost("azure", "gpt-5.1", endpoint="global") == pytest.approx(1.25)
    assert cost("azure", "gpt-5.4", tokens=300_000, endpoint="data_zone", region="eu") == pytest.approx(0.3 * 5.5)
    assert cost("azure", "gpt-5.1", batch=True, endpoint="data_zone", region="eu") == pytest.approx(0.6875)
    assert cost("aws", "claude-sonnet-5-5", endpoint="regional", region="eu") == pytest.approx(2.2)
    with pytest.raises(InputError, match=r"gpt-5\.1 has no price for endpoint regional and region jp; there is one"):
        cost("azure", "gpt-5.1", endpoint="regional", region="jp")


def test_announced_changes_count_from_their_day() -> None:
    prices = price_list(KNOWN, "google", "gemini-3.8-flash")
    changes = change_dates(prices, date(2026, 11, 1), date(2027, 12, 31))
    assert date(2027, 1, 1) in changes
    assert cost("google", "gemini-3.8-flash", date(2027, 1, 1)) == pytest.approx(2 * cost("google", "gemini-3.8-flash"))


def test_no_batch_price_is_said_and_standard_charged() -> None:
    prices = price_list(KNOWN, "fireworks", "gpt-oss-120b")
    assert any("no batch price" in note for note in prices.notes)
    assert cost("fireworks", "gpt-oss-120b", batch=True) == cost("fireworks", "gpt-oss-120b")
    assert cost("openai", "gpt-6-luna", batch=True) == pytest.approx(cost("openai", "gpt-6-luna") / 2)


def test_residency_uplift() -> None:
    assert cost("openai", "gpt-6-luna", region="eu") == pytest.approx(1.1 * cost("openai", "gpt-6-luna"))


def test_the_date_shown_is_the_data_s_not_the_import_s() -> None:
    dated = price_list(KNOWN, "openai", "gpt-6-luna").dated
    assert dated.startswith("genai-prices ") and str(datetime.now(UTC).date()) not in dated


def test_tiers_follow_the_spread_of_sizes() -> None:
    prices = price_list(KNOWN, "anthropic", "claude-haiku-5-5")  # five times the price above 100,000 tokens
    one, sizes = np.ones(1), np.array([0.5, 1.5])
    common = {"output_tokens": 0 * one, "cached_share": 0 * one, "cache_write_share": 0 * one, "batch_share": 0 * one}
    week = np.full(168, 1 / 168)
    usd = usd_per_request(
        prices,
        DAY,
        input_tokens=80_000 * one,
        size_quantiles=sizes,
        hour_weights_utc=week,
        **common,  # type: ignore[arg-type]
    )
    assert usd["input"][0] == pytest.approx((40_000 * 0.10 + 120_000 * 0.50) / 2 / 1e6)


def test_hours_of_the_day_have_their_price() -> None:
    prices = price_list(KNOWN, "deepseek", "deepseek-v4-pro")
    by_hour = {
        request_cost_usd(prices, input_tokens=1e6, output_tokens=0, on=datetime(2026, 11, 23, h, 30, tzinfo=UTC))
        for h in range(24)
    }
    assert len(by_hour) == 2 and max(by_hour) == pytest.approx(2 * min(by_hour))


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(InputError, match="gpt-6-luna"):
        price_list(KNOWN, "openai", "gpt-6-lunar")
    with pytest.raises(InputError, match="openai"):
        price_list(KNOWN, "opnai", "gpt-6-luna")
