"""Published measurements of serving speed, and what the model says of them.

A measurement is one row of a table: model, GPU, layout, request shape, load and output tokens a second. Its
layout is read as the engine ran it (`layout_of`); what cannot be modelled says why.
"""

from calculator.serving.measured.cases import Case, cases_of
from calculator.serving.measured.measurement import CLOSED_LOOP, STATIC_BATCH, MeasuredLayout, Measurement, layout_of
from calculator.serving.measured.prediction import Predicted, Table, TableInputs, predict

__all__ = [
    "CLOSED_LOOP",
    "STATIC_BATCH",
    "Case",
    "MeasuredLayout",
    "Measurement",
    "Predicted",
    "Table",
    "TableInputs",
    "cases_of",
    "layout_of",
    "predict",
]
