"""What axe-core finds on every part of the page, in both themes and at both widths."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.ui.conftest import open_tab, settle

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}
ORDER = "heading-order"
"""Only moderate to axe, but who reads by headings is lost without it."""
STILL = "*, *::before, *::after {transition: none !important; animation: none !important}"
"""A colour on its way to another is measured as neither."""


PART = {"include": [["[role=tablist]"], ["[role=tabpanel]"]]}


def grave(page: Any, within: Any = None) -> list[str]:
    """What is serious or critical and ours, a line each."""
    found = Axe().run(page, within, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}: {node['failureSummary'][:200]}"
        for rule in found
        if rule["impact"] in GRAVE or rule["id"] == ORDER
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing_serious(visit: Any, width: int, theme: str) -> None:
    page = visit(viewport={"width": width, "height": 1000}, color_scheme=theme)
    page.add_style_tag(content=STILL)
    assert grave(page) == []
    found = {}
    for number in range(1, page.get_by_role("tab").count()):
        name = open_tab(page, number)
        if lines := grave(page, PART):
            found[name] = lines
    assert found == {}


def test_axe_finds_nothing_serious_in_what_opens(visit: Any) -> None:
    page = visit()
    page.add_style_tag(content=STILL)
    for fold in ("Start your own in five inputs", "Rules for data", "Money", "Options", "Everything else, as a file"):
        page.get_by_test_id("stSidebar").locator("summary", has_text=fold).click()
    page.get_by_role("button", name="Share a link").click()
    settle(page)
    assert grave(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add an option").click()
    settle(page)
    assert grave(page) == []
