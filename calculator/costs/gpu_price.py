"""What an hour of a GPU costs where nothing else is said: the market's rent, else a bought server over its life."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from calculator.assumptions import Assumptions, Row
from calculator.errors import InputError

HOURS_PER_YEAR = 8760


@dataclass(frozen=True)
class GpuPrice:
    """Price of one GPU for an hour, at base values."""

    usd_per_gpu_hour: float | None
    """None where no price is known."""
    source: str
    """In plain words, where it comes from."""
    gpus_per_unit: int = 1
    """Rented or bought together: a machine of the provider, a server."""


@lru_cache(maxsize=256)
def gpu_price(known: Assumptions, gpu: str, provider: str | None = None) -> GpuPrice:
    """On-demand rent of a GPU.

    The provider's own price where one is named; else the market's row; else the median of the providers that
    rent it; else the server's price over its life. InputError where the named provider does not rent it.
    """
    rows = [r for r in known.rows("gpu_rental").values() if r.text("gpu") == gpu and r.text("commitment") == "on_demand"]
    if provider is not None:
        offers = [r for r in rows if r.text("provider") == provider]
        if not offers:
            renting = sorted({r.text("provider") for r in rows} - {"market"})
            hint = f"who does: {', '.join(renting)}" if renting else "nobody in assumptions/gpu_rental.yaml does"
            raise InputError(f"provider: {provider} has no on-demand price for {gpu}; {hint}")
        least = min(offers, key=lambda r: r.number("usd_per_gpu_hour"))
        return GpuPrice(least.number("usd_per_gpu_hour"), f"on-demand rent at {provider}", _middle_unit([least]))
    market = next((r for r in rows if r.text("provider") == "market"), None)
    if market is not None:
        hosts = [r for r in rows if r is not market]
        usd = market.number("usd_per_gpu_hour")
        return GpuPrice(usd, "on-demand rent, median of the market", _middle_unit(hosts or [market]))
    if rows:
        price = median(r.number("usd_per_gpu_hour") for r in rows)
        names = sorted({r.text("provider") for r in rows})
        return GpuPrice(price, f"on-demand rent at {', '.join(names[:3])}", _middle_unit(rows))
    server = known.rows("servers").get(gpu)
    if server is not None:
        usd, unit = server_usd_per_gpu_hour(known, server), round(server.number("gpus"))
        return GpuPrice(usd, "server bought, over its life, with power and colocation", unit)
    return GpuPrice(None, "no price is known")


def _middle_unit(rows: list[Row]) -> int:
    """GPUs of the smallest machine, the middle one of several hosts, as where a range over them is costed."""
    units = sorted(round(r.number("gpus_per_sku", 1.0)) for r in rows)
    return units[len(units) // 2]


def server_usd_per_gpu_hour(known: Assumptions, server: Row) -> float:
    """Price less residual value over the hours of its life, support, colocation and energy; undiscounted, in the US."""
    price = server.number("usd_per_server") + server.number("network_usd_per_server")
    price *= 1 + known.number("servers.spares_share")
    life_years = known.number("servers.life_years")
    per_year = price * (
        (1 - known.number("servers.residual_share")) / life_years + known.number("servers.support_share_per_year")
    )
    gpu, site = known.row("gpus", server.key), known.row("facility", "us")
    space = gpu.number("provisioned_kw") * site.number("colocation_usd_per_kw_month") * 12 / HOURS_PER_YEAR
    kw = gpu.number("average_kw") * known.number("facility.pue_colocation")
    energy = kw * known.row("electricity", "US").number("usd_per_kwh")
    return per_year / HOURS_PER_YEAR / server.number("gpus") + space + energy
