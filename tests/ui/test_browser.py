"""Journeys of a user, in a real browser."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.ui.conftest import changed_figures, figures, open_tab, settle

pytestmark = pytest.mark.browser
REQUESTS = "Requests a month"


def enter(page: Any, label: str, value: str) -> None:
    field = page.get_by_label(label).first
    field.fill(value)
    field.press("Enter")
    settle(page)


def choose(page: Any, label: str, value: str) -> None:
    field = page.get_by_role("combobox", name=label).first
    field.click()
    field.fill(value)
    page.get_by_role("option", name=value, exact=True).click()
    settle(page)


def test_first_visit_to_pdf(visit: Any, tmp_path: Path) -> None:
    page = visit()
    assert page.get_by_role("heading", name="Support assistant").count() == 1
    assert len(figures(page)) >= 5
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="Report as PDF").click()
    report = Path(waiting.value.path()).read_bytes()
    assert report.startswith(b"%PDF-")
    assert "Support assistant" in PdfReader(io.BytesIO(report)).pages[0].extract_text()


def test_inputs_links_back_and_refresh(visit: Any, address: str) -> None:
    page = visit()
    before = figures(page)
    enter(page, REQUESTS, "60000000")
    after = changed_figures(page, before)
    link = page.url
    assert "?s=" in link
    other = visit(link.removeprefix(address))
    assert figures(other) == after
    page.reload()
    page.get_by_test_id("stMetric").first.wait_for(timeout=60_000)
    settle(page)
    assert figures(page) == after
    page.go_back()
    assert changed_figures(page, after) == before


@pytest.mark.parametrize("value", ["1e18", "-5"])
def test_nonsense_keeps_the_last_answer(visit: Any, value: str) -> None:
    page = visit()
    before = figures(page)
    enter(page, REQUESTS, value)
    assert page.get_by_test_id("stAlert").filter(has_text="not used").count() >= 1
    assert figures(page) == before


def test_an_emptied_field_loses_nothing(visit: Any) -> None:
    page = visit()
    before = figures(page)
    enter(page, REQUESTS, "")
    assert page.get_by_test_id("stSidebar").get_by_text("the field is empty; enter a number").count() == 1
    assert page.get_by_test_id("stException").count() == 0
    assert figures(page) == before


def test_a_report_opens_its_scenario(visit: Any, tmp_path: Path) -> None:
    page = visit()
    default = figures(page)
    enter(page, REQUESTS, "9000000")
    told = changed_figures(page, default)
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="Report as PDF").click()
    path = tmp_path / "report.pdf"
    waiting.value.save_as(path)
    said = re.search(r"an expected \S+", page.get_by_test_id("stAlert").first.inner_text())
    assert said and said[0] in " ".join(PdfReader(path).pages[0].extract_text().split())
    other = visit()
    other.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(path))
    assert changed_figures(other, default) == told


def test_five_inputs_make_an_own_scenario(visit: Any) -> None:
    page = visit()
    before = figures(page)
    side = page.get_by_test_id("stSidebar")
    side.locator("summary", has_text="Start your own in five inputs").click()
    choose(page, "What is it for?", "Coding assistant")
    side.get_by_label("How many a month?").fill("250000")
    choose(page, "How sensitive are the data?", "confidential")
    side.get_by_role("button", name="Show a first answer").click()
    changed_figures(page, before)
    assert page.get_by_role("heading", name="Coding assistant").count() == 1
    assert side.get_by_label(REQUESTS).input_value() == "250000"
    assert page.get_by_test_id("stException").count() == 0


def test_an_own_figure_is_marked_and_reset(visit: Any) -> None:
    page = visit()
    before = figures(page)
    page.get_by_role("tab", name="Assumptions").click()
    settle(page)
    choose(page, "Set your own figure for", "staffing.self_host_operations_fte")
    page.get_by_label(re.compile("^Value")).fill("1.9")
    page.get_by_role("button", name="Use these figures").click()
    own = changed_figures(page, before)
    marked = page.get_by_text("1 assumption overridden").first
    marked.wait_for()
    assert page.get_by_text("rests on 1 own figure").count() >= 1
    page.get_by_role("button", name="Reset", exact=True).click()
    assert changed_figures(page, own) == before
    assert page.get_by_text("overridden").count() == 0


def test_an_option_is_opened_and_changed(visit: Any) -> None:
    page = visit()
    before = figures(page)
    page.get_by_test_id("stSidebar").locator("summary", has_text="Options").click()
    page.get_by_role("button", name="luna · api").click()
    choose(page, "Reasoning effort", "high")
    changed_figures(page, before)
    assert page.get_by_test_id("stException").count() == 0


@pytest.mark.parametrize("link", ["?s=1.abc", "?s=9.abc", "?s=%3Cscript%3E"])
def test_a_broken_link_is_said_and_the_default_shown(visit: Any, link: str) -> None:
    page = visit("/" + link)
    assert page.get_by_text("link was not opened").count() >= 1
    assert len(figures(page)) >= 5


def test_two_users_do_not_meet(visit: Any) -> None:
    mine, yours = visit(), visit()
    before = figures(yours)
    enter(mine, REQUESTS, "50000000")
    changed_figures(mine, before)
    yours.reload()
    yours.get_by_test_id("stMetric").first.wait_for(timeout=60_000)
    settle(yours)
    assert figures(yours) == before


def test_every_tab_draws_without_an_error(visit: Any) -> None:
    page = visit()
    tabs = page.get_by_role("tab")
    assert tabs.count() >= 4
    for number in range(tabs.count()):
        open_tab(page, number)
        assert page.get_by_test_id("stException").count() == 0


def test_nothing_leaves_the_machine(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_test_id("stMetric").first.wait_for(timeout=60_000)
    settle(page)
    context.close()
    foreign = [url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))]
    assert foreign == []
