"""From a key press to redrawn figures, against an empty app with the same field: `python tests/benchmarks/page.py`.

Both are driven by turns in one Chromium, each value new, so that nothing is answered from memory; an observer in the page
takes the time from the key press to the first changed figure, and to the simulated figures. Limits: half of the key presses
within 3.5 times the empty app's, nineteen of twenty within 5 times; the simulation within a second after; the first
answer within 3 s; 30 options at most half as slow again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from calculator.assumptions import assumptions_folder
from calculator.scenario import dump_scenario, load_scenario, scenario_data, scenario_from
from tests.ui.conftest import CHROMIUM, SWITCHES, free_port, served, settle

FIELD = "Requests a month"
FIGURE = "[data-testid=stMetricValue]"
EMPTY = f"""
import streamlit as st
value = st.number_input({FIELD!r}, value=3_000_000.0, step=100_000.0, format="%.0f", key="field")
st.metric("twice", f"{{2 * value:,.0f}}")
"""
OBSERVE = """() => {
  const read = () => [...document.querySelectorAll("[data-testid=stMetricValue]")].map(e => e.textContent);
  const pending = () => [...document.querySelectorAll("[data-testid=stCaptionContainer]")].some(
    e => e.textContent.includes("pending"));
  const rests = () => document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning";
  window.timed = {};
  document.addEventListener("keydown", event => {
    if (event.key !== "Enter") return;
    let waited = false;
    const before = read(), start = performance.now(), found = window.timed = {};
    const look = () => {
      const now = performance.now() - start;
      const figures = read();  // as many as before: emptied places are no answer
      if (!found.figures && figures.length === before.length && figures.some((f, i) => f !== before[i])) found.figures = now;
      waited ||= pending();
      if (waited && !found.simulated && !pending()) found.simulated = now;
      if (found.figures && !pending() && rests()) { found.done = now; observer.disconnect(); }
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
  }, true);
}"""


def opened(browser: Any, address: str) -> tuple[Any, float]:
    """A page in a clean profile, and seconds until its first figure stood."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    start = time.perf_counter()
    page.goto(address)
    page.locator(FIGURE).first.wait_for(timeout=60_000)
    seconds = time.perf_counter() - start
    settle(page)
    page.evaluate(OBSERVE)
    return page, seconds


def pressed(page: Any, value: int) -> dict[str, float]:
    """Milliseconds from Enter to the first changed figure, to the simulated ones, and to the script's end."""
    field = page.get_by_label(FIELD).first
    field.fill(str(value))
    field.press("Enter")
    page.wait_for_function("window.timed.done", timeout=60_000)
    page.wait_for_timeout(150)
    found: dict[str, float] = page.evaluate("window.timed")
    return found


def wide(options: int) -> bytes:
    """The default scenario with so many options, copies of its own under other names."""
    scenario = load_scenario(assumptions_folder() / "scenarios" / "support-assistant.yaml")
    data = scenario_data(scenario)
    own = [o for o in data["options"] if o["route"] != "hybrid"]
    more = [{**own[n % len(own)], "id": f"{own[n % len(own)]['id']}-{n}"} for n in range(options - len(data["options"]))]
    return dump_scenario(scenario_from({**data, "options": [*data["options"], *more]}, "wide")).encode()


def spread(times: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def told(name: str, found: list[dict[str, float]], empty: list[float]) -> None:
    """A line on one page, and its ratios to the empty app."""
    middle, late = spread([f["figures"] for f in found])
    floor, floor_late = spread(empty)
    after, after_late = spread([f.get("simulated", f["done"]) - f["figures"] for f in found])
    done = statistics.median(f["done"] for f in found)
    print(
        f"{name}: figures p50 {middle:.0f} ms ({middle / floor:.2f}x), p95 {late:.0f} ms ({late / floor_late:.2f}x of the "
        f"p95, {late / floor:.2f}x of the p50); simulated p50 {after:.0f} ms, p95 {after_late:.0f} ms after; "
        f"at rest after {done:.0f} ms"
    )


def main() -> None:
    """Print both apps' times, ratios and limits."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser()
    parser.add_argument("--presses", type=int, default=30)
    parser.add_argument("--tab", help="leave this tab open")
    told_options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY)
        streamlit = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true", "--server.port"]
        form = [sys.executable, "-m", "calculator.cli", "ui", "--port"]
        with served(streamlit, free_port()) as (bare, _), served(form, free_port()) as (ours, _):
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
            opened(browser, ours)
            empty, _ = opened(browser, bare)
            page, first = opened(browser, ours)
            many, _ = opened(browser, ours)
            upload = {"name": "wide.yaml", "mimeType": "application/yaml", "buffer": wide(30)}
            many.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(upload)
            many.get_by_text("more options").wait_for(timeout=60_000)
            settle(many)
            if told_options.tab:
                for each in (page, many):
                    each.get_by_role("tab", name=told_options.tab).click()
                    settle(each)
            times: dict[str, list[dict[str, float]]] = {"empty": [], "page": [], "30 options": []}
            for press in range(told_options.presses + 2):
                for name, each in (("empty", empty), ("page", page), ("30 options", many)):
                    times[name].append(pressed(each, 3_000_000 + 100_000 * (press + 1)))
            floors = [found["figures"] for found in times["empty"][2:]]
            print(f"empty app: figures p50 {spread(floors)[0]:.0f} ms, p95 {spread(floors)[1]:.0f} ms")
            print(f"first answer after a warm start: {first:.2f} s (limit 3)")
            told("page", times["page"][2:], floors)
            told("30 options", times["30 options"][2:], floors)
            browser.close()


if __name__ == "__main__":
    main()
