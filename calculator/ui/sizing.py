"""How each fleet on own GPUs is sized: memory, speed against latency, what binds, cheaper layouts, own benchmarks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.serving.benchmark_files import parse_benchmark
from calculator.size import Question, as_dict, size
from calculator.ui import faults, state
from calculator.ui.widgets import dark, draw, plain, table
from calculator.wording import percent, ranked


def show(result: dict[str, Any]) -> None:
    """A row for each option on own GPUs, then one of them in full."""
    options = [o for o in ranked(result["options"]) if o["sizing"]]
    if not options:
        st.info("No option of this scenario runs on own GPUs; add a rented or owned one to see its sizing.")
        return
    table(_overview(options), "Replica and fleet of each option on own GPUs")
    names = [o["id"] for o in options]
    picked = st.selectbox("Fleet in full", names, key=state.key("sizing.option"))
    _detail(next(o for o in options if o["id"] == picked))


def _overview(options: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                "replica": _replica(s),
                "weights, GiB": round(s["weights_gib"], 1),
                "KV cache, GiB": round(s["kv_gib"], 1),
                "tokens/s a replica": round(s["tokens_per_second_per_replica"]),
                "sequences at once": round(s["batch"]),
                "ms a token": round(s["tpot_ms"], 1),
                "ms to first token at the peak": round(s["ttft_peak_ms"]),
                "binds": s["binds"],
                "replicas, first month": s["replicas_first_month"],
                "replicas, peak": s["replicas_peak"],
                "utilization, first month": percent(s["utilization_first_month"]),
            }
            for o in options
            if (s := o["sizing"])
        ]
    )


def _replica(sizing: dict[str, Any]) -> str:
    over = f" on each of {sizing['nodes_per_replica']} nodes" if sizing["nodes_per_replica"] > 1 else ""
    return f"{sizing['tp']} x {sizing['gpu']}{over}" + (", experts spread" if sizing["experts_spread"] else "")


def _detail(option: dict[str, Any]) -> None:
    alt = charts.sizing_alt(option)
    draw(charts.memory_bar(option, dark=dark()), f"memory-{option['id']}", alt)
    draw(charts.throughput_latency(option, dark=dark()), f"throughput-{option['id']}", alt)
    sizing = option["sizing"]
    ttft = sizing["ttft_peak_ms"]
    st.caption(
        plain(
            f"The first token comes after about {ttft:,.0f} ms at the peak, waiting included, known within a factor of two "
            f"({ttft / 2:,.0f} to {ttft * 2:,.0f} ms)."
        )
    )
    for note in sizing["notes"]:
        st.caption(plain(note))
    _layouts(option)
    _benchmarks(option)


def _layouts(option: dict[str, Any]) -> None:
    """The cheapest layouts of the same weights for the first workload, over every GPU."""
    load, weights = option["sizing"]["load"], option["sizing"]["weights"]
    if load is None:
        return
    st.subheader("Cheapest layouts of these weights")
    question = Question(
        weights=weights,
        isl=load["input_tokens"],
        osl=load["output_tokens"],
        rate=load["peak_requests_per_second"],
        tpot_ms=load["tpot_ms"],
        ttft_ms=load["ttft_ms"],
        cached_share=min(load["cached_share"], 0.999),
    )
    known = load_assumptions()
    try:
        found = as_dict(size(question, known), known)
    except InputError as error:
        st.text(str(error))
        return
    st.caption(
        plain(
            f"For the first workload at its peak of {load['peak_requests_per_second']:,.1f} requests/s around the clock, "
            "on demand; formats other than the released one take a quantized copy, whose quality is to be checked."
        )
    )
    table(
        pd.DataFrame(
            [
                {
                    "replica": _replica(row),
                    "precision": row["precision"] + ("" if row["released"] else " (quantized)"),
                    "replicas": f"{row['replicas']} + {row['spare_replicas']}",
                    "GPUs": row["gpus"],
                    "GPUs paid": row["paid_gpus"],
                    "USD a month": row["usd_per_month"],
                    "tokens/s a replica": round(row["tokens_per_second_per_replica"]),
                    "ms a token": round(row["tpot_ms"], 1),
                    "price": row["price_source"],
                }
                for row in found["layouts"]
            ]
        ),
        "Cheapest layouts of the same weights over every GPU",
    )
    with st.expander("Why others fail"):
        for row in found["rejected"][:40]:
            st.text(f"{_replica(row)} in {row['precision']}: {row['reason']}")


def _benchmarks(option: dict[str, Any]) -> None:
    """Own points: before and after, typed or read from a file; the scenario keeps them."""
    data = state.data()["options"]
    place = next((i for i, o in enumerate(data) if o["id"] == option["id"] and o["route"] in ("rented", "owned")), None)
    if place is None:
        st.caption(plain(f"Own benchmark points of {option['id']} belong to its base; choose that option above."))
        return
    st.subheader("Own benchmark")
    own = option["sizing"]["calibration"]
    if own:
        factor = f"{own['factor']:.2f} ({own['low']:.2f} to {own['high']:.2f})"
        errors = f"from {own['median_error_before']:.0%} to {own['median_error_after']:.0%}"
        said = f"{len(own['points'])} points rescale the model by {factor}"
        st.markdown(plain(f"{said}; its median error on them goes {errors}."))
        table(
            pd.DataFrame(own["points"]).rename(columns=lambda c: c.replace("_", " ")).round(0),
            "Measured tokens a second beside the model before and after",
        )
    else:
        st.caption("Three or more points of one replica rescale the speed model and narrow its range.")
    path = ("options", place, "benchmarks")
    uploaded = st.file_uploader(
        "Results of vLLM bench serve, guidellm or aiperf",
        type=["json", "jsonl", "csv"],
        accept_multiple_files=True,
        key=state.key(f"benchmark.file.{option['id']}"),
    )
    if uploaded and st.button("Use these results", key=state.key(f"benchmark.use.{option['id']}")):
        try:
            points = [p for file in uploaded for p in parse_benchmark(file.getvalue(), file.name)]
        except InputError as error:
            st.error("Not used.")
            st.text(str(error))
        else:
            state.change(path, [{k: v for k, v in vars(p).items() if v is not None} for p in points])
            st.rerun()
    columns = ["concurrency", "output_tokens_per_second"]
    given = data[place].get("benchmarks") or []
    typed = st.data_editor(
        pd.DataFrame([[p[c] for c in columns] for p in given], columns=columns, dtype=float),
        num_rows="dynamic",
        hide_index=True,
        key=state.key(f"benchmark.points.{option['id']}.{len(given)}"),
    )
    if st.button("Use these points", key=state.key(f"benchmark.typed.{option['id']}")):
        state.change(path, typed.dropna().to_dict("records") or None)
        st.rerun()
    faults.tell(state.place_of(path))
