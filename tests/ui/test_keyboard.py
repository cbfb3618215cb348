"""A whole journey without a mouse: change an input, read another part, take the report away."""

from pathlib import Path
from typing import Any

import pytest

from tests.ui.conftest import changed_figures, figures, settle

pytestmark = pytest.mark.browser
STOPS = 60
LOOK = """() => {
  window.stop = document.activeElement;
  window.look = () => {
    const found = [];
    for (let e = window.stop; e && e !== document.body && found.length < 6; e = e.parentElement) {
      const s = getComputedStyle(e);
      const outline = s.outlineStyle === "none" ? "" : s.outlineWidth + s.outlineColor;
      found.push([outline, s.boxShadow, s.borderTopColor, s.backgroundColor, s.color].join());
    }
    return found.join(";");
  };
  const e = window.stop;
  return [e.getAttribute("role") || e.tagName, e.getAttribute("aria-label") || e.innerText, window.look()];
}"""
STILL = "*, *::before, *::after {transition: none !important}"


def walk(page: Any, role: str, name: str, key: str = "Tab") -> list[str]:
    """Press a key until the focus is on an element; names of the stops on the way whose look did not tell that."""
    unseen, last = [], None
    for _ in range(STOPS):
        page.keyboard.press(key)
        page.wait_for_timeout(40)
        if last is not None and page.evaluate(FORMER) == last[2]:
            unseen.append(last[1])
        last = page.evaluate(LOOK)
        if last[0] == role and name in last[1]:
            return unseen
    raise AssertionError(f"the focus never came to {name}")


FORMER = "() => window.look()"


def test_a_journey_by_keyboard(visit: Any) -> None:
    page = visit()
    page.add_style_tag(content=STILL)
    before = figures(page)
    unseen = walk(page, "INPUT", "Requests a month")
    page.keyboard.press("Control+a")
    page.keyboard.type("40000000")
    page.keyboard.press("Enter")
    changed_figures(page, before)
    unseen += walk(page, "tab", "Cost")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    settle(page)
    chosen = page.get_by_role("tab", selected=True)
    assert chosen.inner_text() == "Break-even"
    unseen += walk(page, "BUTTON", "Report as PDF", "Shift+Tab")
    with page.expect_download(timeout=60_000) as waiting:
        page.keyboard.press("Enter")
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")
    # The page's scrolled area takes the focus so that arrow keys scroll it; a ring around the whole page says nothing.
    assert [name for name in unseen if not name.startswith("Support assistant")] == []


def test_folds_open_by_keyboard(visit: Any) -> None:
    page = visit()
    walk(page, "SUMMARY", "Options")
    page.keyboard.press("Enter")
    settle(page)
    walk(page, "BUTTON", "Add an option")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name="Add", exact=True).wait_for()
