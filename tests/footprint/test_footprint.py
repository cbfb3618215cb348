"""Energy and emissions, against published examples and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.footprint import Interval, embodied_kg_per_gpu_month, fleet_kwh, token_energy
from calculator.footprint.option import fleet_footprint, grid_row, token_footprint
from calculator.options import ApiOption, HostedOption, OwnedOption, RentedOption

KNOWN = load_assumptions()


def owned(country: str = "DE", site: str = "colocation") -> OwnedOption:
    return OwnedOption(id="o", route="owned", weights="gemma-4-31b", gpu="h100-sxm", country=country, site=site)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("active", "total", "kwh"),
    [(8, 8, 4.458e-5), (70, 70, 3.288e-4), (5.13, 116.8, 1.713e-4), (37, 671, 1.989e-3)],
)
def test_published_examples_of_ecologits(active: float, total: float, kwh: float) -> None:
    """500 output tokens at PUE 1.2: Llama 8B and 70B, gpt-oss-120b, DeepSeek V3 (EcoLogits 0.11.3)."""
    from calculator.footprint.tokens import _computed

    each = _computed((active, active), (total, total), (1.2, 1.2), None, None, False, "")
    assert each.kwh.base * 500 == pytest.approx(kwh, rel=0.001)


def test_a_fleets_energy_is_the_sum_of_its_hours() -> None:
    """A week by the hour against the same week by its mean: power is linear in use."""
    generator = np.random.default_rng(3)
    gpus, used = generator.integers(1, 40, 168).astype(float), generator.random(168)
    by_hour = fleet_kwh(gpus, used, 0.2, 0.9, 1.4, 1.0).sum()
    together = fleet_kwh(gpus.sum() / 168, (gpus * used).sum() / gpus.sum(), 0.2, 0.9, 1.4, 168.0)
    assert together == pytest.approx(by_hour)


def test_an_owned_fleet_by_hand() -> None:
    """Eight H100 half used for a year in Germany."""
    idle, busy = KNOWN.number("gpus.h100-sxm.idle_kw"), KNOWN.number("gpus.h100-sxm.average_kw")
    kwh = 8 * (idle + busy) / 2 * 8760 * KNOWN.number("facility.pue_colocation")
    found = fleet_footprint(owned(), np.full(12, 8.0), np.full(12, 0.5), KNOWN)
    assert found.energy_kwh.base == pytest.approx(kwh)
    assert found.operation_kg.base == pytest.approx(kwh * KNOWN.number("grid.DE.kgco2e_per_kwh"))
    life = KNOWN.number("footprint.life_years")
    made = 8 * (KNOWN.number("footprint.embodied_kg_per_gpu") + KNOWN.number("footprint.embodied_kg_per_server") / 8) / life
    assert found.embodied_kg.base == pytest.approx(made)
    assert sum(found.kwh_by_month) == pytest.approx(kwh)


def test_idle_servers_draw_power() -> None:
    idle = fleet_footprint(owned(), np.full(12, 8.0), np.zeros(12), KNOWN)
    busy = fleet_footprint(owned(), np.full(12, 8.0), np.ones(12), KNOWN)
    assert 0 < idle.energy_kwh.base < busy.energy_kwh.base


@given(st.floats(0, 1), st.floats(0, 500))
def test_ranges_are_in_order(used: float, gpus: float) -> None:
    found = fleet_footprint(owned("FR", "own"), np.full(3, gpus), np.full(3, used), KNOWN)
    for figure in (found.energy_kwh, found.co2e_kg, found.water_litres, found.embodied_kg):
        assert 0 <= figure.low <= figure.base <= figure.high


def test_a_cleaner_grid_emits_less_for_the_same_energy() -> None:
    dirty, clean = (fleet_footprint(owned(c), np.full(6, 8.0), np.full(6, 0.4), KNOWN) for c in ("PL", "SE"))
    assert dirty.energy_kwh == clean.energy_kwh
    assert clean.co2e_kg.base < dirty.co2e_kg.base


def test_a_guessed_size_is_said() -> None:
    luna = token_energy(ApiOption(id="a", route="api", provider="openai", model="gpt-6-luna"), None, KNOWN)
    assert luna is not None and luna.size_is_guessed and "guess" in luna.basis
    assert luna.kwh.low < luna.kwh.high
    held = token_energy(HostedOption(id="h", route="hosted", provider="novita", model="gemma-4-31b"), "gemma-4-31b", KNOWN)
    assert held is not None and not held.size_is_guessed


def test_an_unknown_model_has_no_figure() -> None:
    terra = ApiOption(id="a", route="api", provider="openai", model="gpt-6.1-terra")
    assert token_footprint(terra, None, np.ones(3), KNOWN) is None


def test_places_find_their_grid() -> None:
    assert [grid_row(p, KNOWN).key for p in ("de", "DE", "eu", "us", "uk", None, "global")] == [
        "DE",
        "DE",
        "EU27",
        "US",
        "GB",
        "WORLD",
        "WORLD",
    ]


def test_embodied_is_spread_over_life() -> None:
    assert embodied_kg_per_gpu_month(273, 5700, 8, 3) * 36 == pytest.approx(273 + 712.5)
    assert Interval(1, 2, 4) * Interval(1, 3, 5) == Interval(1, 6, 20)


def test_rented_gpus_use_the_clouds_facility() -> None:
    rented = RentedOption(id="r", route="rented", weights="gemma-4-31b", gpu="h100-sxm", region="de")
    mine = fleet_footprint(owned(), np.full(2, 8.0), np.full(2, 0.5), KNOWN).energy_kwh.base
    theirs = fleet_footprint(rented, np.full(2, 8.0), np.full(2, 0.5), KNOWN).energy_kwh.base
    assert theirs / mine == pytest.approx(KNOWN.number("footprint.pue_cloud") / KNOWN.number("facility.pue_colocation"))


def test_figures_a_month_and_a_million_tokens_follow_from_the_horizon() -> None:
    found = fleet_footprint(owned(), np.full(12, 8.0), np.full(12, 0.5), KNOWN)
    plain = found.as_dict(tokens=24e6, market_based_kg=None)
    for name in ("energy_kwh", "co2e_kg", "embodied_kg", "water_litres"):
        for end in ("low", "base", "high"):
            assert plain["per_month"][name][end] == pytest.approx(plain[name][end] / 12)
            assert plain["per_million_tokens"][name][end] == pytest.approx(plain[name][end] / 24)
    assert plain["per_million_tokens"]["energy_kwh"]["base"] == pytest.approx(plain["kwh_per_million_tokens"]["base"])
