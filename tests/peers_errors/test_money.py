"""Break-even, idle hours, CapEx, attribution, hours, people, energy, price changes, inflation."""

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.finance import break_even_tokens_per_month, usd_per_million_tokens
from tests.peers_errors.scene import API, OWNED, RENTED, answer, line, option


def test_break_even_beyond_what_a_replica_carries() -> None:
    """forg.pro prints 8,111 M tokens a month where a replica carries 126 M: fixed cost over price, no capacity."""
    fixed_usd, price_per_million, replica_million = 8111.0, 1.0, 126.0
    wrong_million = fixed_usd / price_per_million
    replicas = np.ceil(wrong_million / replica_million)
    assert (
        replicas * fixed_usd == 65 * wrong_million * price_per_million
    )  # at the printed volume own cost is 65 times the API's
    assert break_even_tokens_per_month(fixed_usd, replica_million * 1e6, 0, price_per_million) == "never"
    assert break_even_tokens_per_month(fixed_usd, 9e9, 0, price_per_million) == pytest.approx(wrong_million * 1e6)


def test_idle_gpus_are_not_billed_at_utilization_times_price() -> None:
    """llmtco: 1.50 USD x 730 h x 30 % = 328.50; a reserved GPU costs 1,095 whether it works or not."""
    result = answer([RENTED], {"requests_per_month": {"low": 1000, "base": 1000, "high": 1000}})
    gpus, used = option(result, "rented")["gpus"]["peak"], option(result, "rented")["sizing"]["utilization_first_month"]
    assert 0 < used < 0.05
    right = line(result, "rented", "compute")[1]
    assert right == pytest.approx(gpus * 1.5 * 730)
    wrong = gpus * 1.5 * 730 * used
    assert right > 20 * wrong


def test_capex_is_paid_once() -> None:
    """Servers are bought, or their cost is spread over months; a page that adds both calls clouds cheaper that are not."""
    result = answer([OWNED], assumptions={"servers.life_years": 1, "servers.residual_share": 0})
    by_line = option(result, "owned")["cost_lines_monthly_usd"]
    bought = line(result, "owned", "hardware")
    assert bought[0] > 0 and not bought[1:].any()
    assert not line(result, "owned", "residual_value").any()
    running = sum(sum(usd) for name, usd in by_line.items() if name != "hardware")
    right = sum(option(result, "owned")["monthly_cost_usd"])
    assert right == pytest.approx(bought.sum() + running)
    spread_over_months = 12 * bought.sum() / 12
    wrong = right + spread_over_months
    assert wrong == pytest.approx(2 * bought.sum() + running) and wrong > 1.2 * right
    assert not {"depreciation", "amortisation", "lease"} & set(by_line)


def test_an_hour_is_not_charged_to_input_and_again_to_output() -> None:
    """llm-price-compass: 3.02 USD/h, 6,070 tokens/s in and 5,595 out, printed as 0.14 and 0.15: each the whole hour."""
    into, out = usd_per_million_tokens(3.02, 6070.48), usd_per_million_tokens(3.02, 5595.07)
    assert into * 6070.48 * 3600 / 1e6 + out * 5595.07 * 3600 / 1e6 == pytest.approx(2 * 3.02)
    together = usd_per_million_tokens(3.02, 6070.48 + 5595.07)
    assert together == pytest.approx(0.0719, abs=5e-5)
    assert together * (6070.48 + 5595.07) * 3600 / 1e6 == pytest.approx(3.02)
    result = answer([RENTED])
    paid = option(result, "rented")["usd_per_million_tokens"] * sum(result["tokens_by_month"]) / 1e6
    assert paid == pytest.approx(sum(option(result, "rented")["monthly_cost_usd"]))


def test_a_month_has_730_hours_everywhere() -> None:
    assert load_assumptions().number("demand.hours_per_month") == 730
    result = answer([RENTED, OWNED])
    compute = line(result, "rented", "compute")
    assert compute[1:].sum() == pytest.approx(option(result, "rented")["gpus"]["peak"] * 1.5 * 8760)
    for wrong in (720, 729.6, 732, 744):
        assert compute[1] != pytest.approx(option(result, "rented")["gpus"]["peak"] * 1.5 * wrong, rel=1e-4)


def test_nobody_is_paid_nothing() -> None:
    """Lenovo's 18 times: a fleet without a single person, against a list price."""
    result = answer([API, RENTED, OWNED])
    for name in ("api", "rented", "owned"):
        assert (line(result, name, "people")[1:] > 0).all()
    assert line(result, "owned", "people")[1] >= line(result, "rented", "people")[1] > line(result, "api", "people")[1]
    everything = sum(option(result, "rented")["monthly_cost_usd"])
    assert everything > 1.5 * (everything - line(result, "rented", "people").sum())


def test_energy_follows_average_power_and_pue_counts_once() -> None:
    """Nameplate x hours x PUE, with cooling paid again in the rent, is what calculators publish."""
    known = load_assumptions()
    gpu, price = known.row("gpus", "h200-sxm"), known.row("electricity", "DE").number("usd_per_kwh")
    result = answer([OWNED])
    gpus, sizing = option(result, "owned")["gpus"]["peak"], option(result, "owned")["sizing"]
    at_work = sizing["utilization_first_month"] * sizing["replicas_first_month"] * sizing["gpus_per_replica"]
    idle, busy = gpu.number("idle_kw"), gpu.number("average_kw")
    average = gpus * idle + (busy - idle) * at_work
    pue = known.number("facility.pue_colocation")
    power = line(result, "owned", "power")[1]
    assert power == pytest.approx(average * 730 * price * pue, rel=1e-6)
    nameplate = gpus * gpu.number("provisioned_kw") * 730 * price * pue
    assert nameplate > 1.2 * power
    twice = answer([OWNED], assumptions={"facility.pue_colocation": 2 * pue})
    assert line(twice, "owned", "power")[1] == pytest.approx(2 * power)
    assert line(twice, "owned", "colocation")[1] == pytest.approx(line(result, "owned", "colocation")[1])


def test_an_announced_price_change_is_charged_from_its_day() -> None:
    """Gemini 3.8 Flash doubles at the turn of the year; today's price for the whole horizon is half the bill."""
    flash = {"id": "flash", "route": "api", "provider": "google", "model": "gemini-3.8-flash"}
    result = answer([flash], start="2026-12")
    tokens = line(result, "flash", "api_input") + line(result, "flash", "api_output")
    assert tokens[2] == pytest.approx(2 * tokens[1])
    assert tokens[2:] == pytest.approx(tokens[2])
    wrong = 12 * tokens[1]
    assert tokens.sum() == pytest.approx(wrong * 23 / 12)


def test_an_announced_shutdown_is_a_dated_move_and_its_price_step_comes_once() -> None:
    """GPT-5.1 ends on 2027-04-01: from April the successor's price stands alone, with no further drift on top of it."""
    old = {"id": "old", "route": "api", "provider": "openai", "model": "gpt-5.1"}
    known = load_assumptions()
    ends = known.row("retirements", "openai/gpt-5.1")
    new = {**old, "id": "new", "model": ends.text("successor_model")}
    same = {"output_token_factor": 1.0, "input_token_factor": 1.0}
    result = answer([{**old, **same}, {**new, **same}])
    path, alone = (sum(line(result, name, n) for n in ("api_input", "api_output", "price_step")) for name in ("old", "new"))
    step = alone[1] / path[1]
    assert step < 0.9
    assert path[1:4] == pytest.approx(path[1])  # not before its day
    assert path[4:] == pytest.approx(alone[1])  # and not twice: once as successor, once as drift
    twice = path[1] * step**2
    assert twice < 0.9 * path[4]
    moved = line(result, "old", "forced_migration")
    assert moved[4] > 0 and np.count_nonzero(moved) == 1


def test_wages_and_electricity_are_nominal_like_the_discount_rate() -> None:
    """Real wages against a nominal discount rate make self-hosting look cheaper the longer the horizon."""
    result = answer([OWNED], horizon_months=36)
    known = load_assumptions()
    for name, rate in (("people", "staffing.wage_escalation_per_year"), ("power", "facility.power_escalation_per_year")):
        usd = line(result, "owned", name)
        rise = (1 + known.number(rate)) ** (35 / 12)
        assert usd[36] == pytest.approx(usd[1] * rise)
        wrong = 36 * usd[1]
        assert usd.sum() > wrong * 1.03


def test_cached_tokens_count_on_both_sides() -> None:
    """A repeated prefix is cheaper at an API and lighter on own GPUs; counted on one side it decides the comparison."""
    plain, cached = (answer([API, RENTED, OWNED], {"cacheable_input_share": s}) for s in (0.0, 0.9))
    # at an API part of the input moves to the cached price
    assert line(cached, "api", "api_cached_input")[1] > 0
    whole = [
        sum(line(r, "api", n)[1] for n in ("api_input", "api_cached_input", "api_cache_writes")) for r in (plain, cached)
    ]
    assert whole[1] < whole[0]
    speeds = [option(r, "rented")["sizing"]["requests_per_second_per_replica"] for r in (plain, cached)]
    assert speeds[1] > 1.1 * speeds[0]
