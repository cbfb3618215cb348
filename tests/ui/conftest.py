"""The page served for real, and a browser to drive it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

DRAWN = "[data-testid=stVegaLiteChart], [data-testid=stDataFrame], [data-testid=stMarkdown]"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of the web form, started as a user starts it."""
    with served([sys.executable, "-m", "calculator.cli", "ui", "--port"], free_port()) as (where, _):
        yield where


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int) -> Iterator[tuple[str, int]]:
    """Address and process of a server while it runs; `command` ends where its port belongs."""
    server = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        else:
            raise RuntimeError(f"{' '.join(command)} does not answer after 60 s")
        yield f"http://localhost:{port}", server.pid
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium under Playwright; where it is missing the tests skip, in continuous integration they fail."""
    if CHROMIUM is None:
        reason = "needs a browser: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Opens the page in a new, clean profile: `visit(path)` returns it once the answer stands."""
    contexts = []

    def open_page(path: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 1000}, **options}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.goto(address + path)
        page.get_by_test_id("stMetric").first.wait_for(timeout=60_000)
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


def settle(page: Any) -> None:
    """Wait until the script has been at rest for a while; a change takes a moment to reach the server."""
    page.wait_for_timeout(400)
    for _ in range(2):
        at_rest(page)
        page.wait_for_timeout(150)


def at_rest(page: Any) -> None:
    """Wait until the script does not run; enough after a click, which the page sends off at once."""
    page.wait_for_timeout(150)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=60_000)


def figures(page: Any) -> list[str]:
    """The headline figures that stand on the page."""
    return [str(text) for text in page.get_by_test_id("stMetricValue").all_inner_texts()]


def changed_figures(page: Any, before: list[str]) -> list[str]:
    """The headline figures once they are others than `before`."""
    for _ in range(100):
        if (now := figures(page)) and now != before:
            settle(page)
            return figures(page)
        page.wait_for_timeout(200)
    raise AssertionError("the figures did not change")


def open_tab(page: Any, number: int) -> str:
    """Opens a part of the answer, waits until something of it is drawn, and gives its name."""
    tab = page.get_by_role("tab").nth(number)
    tab.click()
    at_rest(page)
    page.locator("[role=tabpanel]").locator(DRAWN).locator("visible=true").first.wait_for(timeout=60_000)
    return str(tab.inner_text())
