"""The web form. `run` starts it; pages call the engine and charts, and compute nothing."""

from __future__ import annotations

import gc
import tomllib
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any


def configuration() -> dict[str, Any]:
    """Streamlit's options from the shipped file, flattened: `theme.primaryColor`, `server.address`, …"""
    installed = Path(str(files("calculator.ui"))) / "config.toml"
    path = installed if installed.is_file() else Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"

    def flatten(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
        flat: dict[str, Any] = {}
        for key, value in table.items():
            name = f"{prefix}{key}"
            flat.update(flatten(value, name + ".") if isinstance(value, dict) else {name: value})
        return flat

    return flatten(tomllib.loads(path.read_text(encoding="utf-8")))


def _make_ready() -> None:
    """The default example's answers, found while the first visitor is still on the way.

    What is loaded by then stays for good: the collector need not walk it again, a tenth of a second each time.
    """
    from calculator.evaluate import evaluate_scenario
    from calculator.scenario import load_scenario
    from calculator.ui.state import DEFAULT_EXAMPLE, examples
    from calculator.volumes import break_even_answer

    scenario = load_scenario(examples()[DEFAULT_EXAMPLE])
    evaluate_scenario(scenario)
    break_even_answer(scenario)
    gc.collect()
    gc.freeze()


def run(host: str = "localhost", port: int = 8501) -> None:
    """Serve the form until stopped; only this machine can reach it unless `host` says otherwise."""
    import streamlit as st
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    options = {**configuration(), "server.address": host, "server.port": port}
    Thread(target=_make_ready, daemon=True).start()
    fonts = Mount("/fonts", StaticFiles(directory=str(files("calculator") / "fonts")))
    st.App(Path(__file__).with_name("page.py"), routes=[fonts]).run(config=options)
