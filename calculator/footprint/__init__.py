"""Energy, emissions and water of an option: own fleets from their sizing, offers paid by the token from EcoLogits."""

from calculator.footprint.fleet import embodied_kg_per_gpu_month, fleet_kwh
from calculator.footprint.interval import Interval
from calculator.footprint.option import Footprint, kg_per_gpu, kg_per_output_token, option_footprint
from calculator.footprint.tokens import TokenEnergy, token_energy

__all__ = [
    "Footprint",
    "Interval",
    "TokenEnergy",
    "embodied_kg_per_gpu_month",
    "fleet_kwh",
    "kg_per_gpu",
    "kg_per_output_token",
    "option_footprint",
    "token_energy",
]
