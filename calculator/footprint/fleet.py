"""Energy of GPUs that stand ready: idle power counts, busy power by load, the facility on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MONTHS_PER_YEAR = 12


def fleet_kwh(gpus: Array, used: Array, idle_kw: float, busy_kw: float, pue: float, hours: Array | float) -> Array:
    """Energy of a fleet, facility included: gpus x (idle + (busy - idle) x used) x hours x PUE, kWh.

    `gpus` stand ready and are busy for the share `used` of the time (at most 1); `idle_kw` and `busy_kw` are IT power a
    GPU, its share of the server included. Arrays broadcast; the energy of a month is the sum over its hours.

    >>> float(fleet_kwh(np.array(8.0), np.array(0.5), 0.2, 1.0, 1.5, 730))
    5256.0
    """
    power = idle_kw + (busy_kw - idle_kw) * np.minimum(used, 1)
    return np.asarray(gpus * power * hours * pue)


def embodied_kg_per_gpu_month(gpu_kg: float, server_kg: float, gpus_per_server: float, life_years: float) -> float:
    """Emissions of making a GPU and its share of the server, spread evenly over its life; kgCO2e a month.

    >>> round(embodied_kg_per_gpu_month(273, 5700, 8, 3), 2)
    27.38
    """
    return (gpu_kg + server_kg / gpus_per_server) / (life_years * MONTHS_PER_YEAR)
