"""Each chart once, for page and report: a Vega-Lite spec and its records, apart."""

from calculator.charts.attribution import ahead_words, attribution_alt, attribution_title, attribution_waterfall, signed
from calculator.charts.cost import cost_breakdown, cost_ranges, cumulative_cost
from calculator.charts.footprint import emissions, emissions_title
from calculator.charts.lock_in import lock_in_waterfall, survival, survival_alt, waterfall_alt
from calculator.charts.money import by_year, by_year_title, stranded, stranded_title
from calculator.charts.quality import quality_cost, quality_cost_title
from calculator.charts.race import race, race_alt
from calculator.charts.render import alt_text, on_white, png, svg, svg_later
from calculator.charts.security import loss_alt, loss_exceedance
from calculator.charts.sizing import memory_bar, sizing_alt, throughput_latency
from calculator.charts.uncertainty import acceptability, differences, plans, studies, tornado, two_way

__all__ = [
    "acceptability",
    "ahead_words",
    "alt_text",
    "attribution_alt",
    "attribution_title",
    "attribution_waterfall",
    "by_year",
    "by_year_title",
    "cost_breakdown",
    "cost_ranges",
    "cumulative_cost",
    "differences",
    "emissions",
    "emissions_title",
    "lock_in_waterfall",
    "loss_alt",
    "loss_exceedance",
    "memory_bar",
    "on_white",
    "plans",
    "png",
    "quality_cost",
    "quality_cost_title",
    "race",
    "race_alt",
    "signed",
    "sizing_alt",
    "stranded",
    "stranded_title",
    "studies",
    "survival",
    "survival_alt",
    "svg",
    "svg_later",
    "throughput_latency",
    "tornado",
    "two_way",
    "waterfall_alt",
]
