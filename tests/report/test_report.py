"""The report says what the answer says, looks the same every time, and swallows any text."""

import hashlib
import io
import json
import math
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from calculator.assumptions import load_assumptions
from calculator.evaluate import evaluate
from calculator.report import report_data, report_pdf, reported
from calculator.report.blocks import words
from calculator.report.figures import named_rules
from calculator.report.sections.decision import merged
from calculator.scenario import Scenario, dump_scenario, scenario_data, scenario_from
from calculator.sharing import presets, scenario_from_pdf
from calculator.wording import axis_amounts, count, money, money_in_words, shown_in
from calculator.wording import figure as plain
from tests.report.pages import faults

HOSTILE = "#panic() *x* <script>alert(1)</script> $1 \\ `y` [z] {w}"
KNOWN = load_assumptions()


def answered(scenario: Scenario, draws: int = 64) -> tuple[dict[str, Any], str]:
    result = evaluate(scenario, KNOWN, draws)
    return result.as_dict(), dump_scenario(result.pinned(scenario))


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.fixture(scope="module")
def default() -> tuple[dict[str, Any], str, bytes]:
    scenario = presets()["support-assistant"]
    result = evaluate(scenario, KNOWN, 64)
    answer, text = reported(scenario, result), dump_scenario(result.pinned(scenario))
    return answer, text, report_pdf(answer, text)


def test_same_scenario_same_bytes(default: tuple[dict[str, Any], str, bytes]) -> None:
    result, text, pdf = default
    assert report_pdf(result, text) == pdf


def test_same_bytes_from_another_process(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(dump_scenario(presets()["bank-documents"]), encoding="utf-8")
    digests = set()
    for name in ("a.pdf", "b.pdf"):
        command = [sys.executable, "-m", "calculator.cli", "report", str(path), "-o", str(tmp_path / name), "--draws", "32"]
        subprocess.run(command, check=True, capture_output=True)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_figures_are_those_of_the_answer(default: tuple[dict[str, Any], str, bytes]) -> None:
    result, _, pdf = default
    read = text_of(pdf)
    assert " ".join(named_rules(result["verdict"]["text"], result).split()) in read
    for option in result["options"]:
        assert option["name"] in read
        npv = option["npv_usd"]
        for figure in (npv["p10"], npv["p50"], npv["p90"], option["first_month_cost_usd"]):
            assert money(figure) in read
    for parameter in result["assumptions_used"]:
        assert parameter["id"].split(".")[0] in read


def test_the_report_opens_as_its_scenario(default: tuple[dict[str, Any], str, bytes]) -> None:
    result, _, pdf = default
    again, _ = answered(scenario_from_pdf(pdf))
    assert json.dumps(again["options"]) == json.dumps(result["options"])
    attached = dict(PdfReader(io.BytesIO(pdf)).attachments)
    assert json.loads(attached["assumptions.json"][0]) == result["assumptions_used"]


def test_it_is_tagged_and_has_an_outline(default: tuple[dict[str, Any], str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(default[2]))
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/Lang"] == "en"
    assert len(reader.outline) >= 1
    assert reader.metadata is not None and reader.metadata.title == default[0]["title"]


def variant(**updates: Any) -> Scenario:
    return scenario_from({**scenario_data(presets()["support-assistant"]), **updates})


def many_options() -> list[dict[str, Any]]:
    base = next(o for o in scenario_data(presets()["support-assistant"])["options"] if o["id"] == "flash-lite")
    name = "A long name of sixty letters " * 2
    return [{**base, "id": f"{'wide-name-' * 5}{n:02d}", "name": f"{name}{n:02d}"} for n in range(12)]


CASES: dict[str, dict[str, Any]] = {
    "hostile title": {"title": HOSTILE},
    "foreign title": {"title": "Ассистент · Βοηθός · 支援 😀 مساعد"},
    "one option": {"options": scenario_data(presets()["support-assistant"])["options"][1:2], "baseline": None},
    "twelve long names": {"options": many_options(), "baseline": None},
    "nothing passes": {"data": {"classification": "air_gapped"}, "options": many_options()[:3], "baseline": None},
    "billions": {"workloads": [{"name": "w", "requests_per_month": 1e11, "input_tokens": 4000, "output_tokens": 500}]},
    "cents": {"workloads": [{"name": "w", "requests_per_month": 1, "input_tokens": 10, "output_tokens": 5}]},
    "euros": {"currency": "EUR"},
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_unusual_scenarios_make_a_report(name: str) -> None:
    result, text = answered(variant(**CASES[name]), draws=16)
    pdf = report_pdf(result, text)
    assert faults(pdf, 5, 14) == []
    read = text_of(pdf)
    assert "nan" not in read.lower().split()
    if name == "hostile title":
        assert HOSTILE in read
    if name == "foreign title":
        assert "Ассистент · Βοηθός · □□ □" in read
    if name == "euros":
        assert "€" in read
    assert words("decision.sign_off") in read


@pytest.mark.parametrize(("audience", "most"), [("executive", 4), ("full", 14)])
@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_audience_and_paper(default: tuple[dict[str, Any], str, bytes], audience: Any, most: int, paper: Any) -> None:
    pdf = report_pdf(default[0], default[1], audience, paper)
    assert faults(pdf, 3 if audience == "executive" else 8, most) == []
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert round(float(pages[0].mediabox.width)) == (595 if paper == "a4" else 612)


def test_no_text_stands_in_the_template() -> None:
    """What is shown comes from the strings file: between brackets the template has only code."""
    template = (Path(__file__).parents[2] / "calculator" / "report" / "report.typ").read_text(encoding="utf-8")
    shown = [line for line in template.splitlines() if line.startswith(("=", "-", "*")) and "#" not in line]
    assert shown == []


def test_the_strings_file_names_every_cost_line() -> None:
    from calculator.costs.flows import LINES

    for line in LINES:
        assert words(f"lines.{line}")


def test_another_locale_writes_numbers_its_way(default: tuple[dict[str, Any], str, bytes]) -> None:
    with shown_in("USD", 1.0, "de_DE"):
        data = report_data(default[0], default[1], "full", "a4")
    tables = [block for s in data["sections"] for block in s["blocks"] if block["kind"] == "table"]
    cells = [cell for block in tables for row in block["rows"] for cell in row]
    assert any(cell.endswith("$") and "," in cell for cell in cells)


def test_a_german_report_has_no_english_number() -> None:
    """Sentences, tables and charts; names of models and licences, versions and the list of sources apart."""
    scenario = variant(currency="EUR")
    with shown_in("USD", 1.0, "de_DE"):
        result = evaluate(scenario, KNOWN, 512)
        answer = reported(scenario, result)
        pdf = report_pdf(answer, dump_scenario(result.pinned(scenario)), "full", "a4", "de_DE")
    assert faults(pdf, 8, 14) == []
    read = text_of(pdf)
    read = read[: read.rindex(words("sources.heading"))]
    names = {str(o[key]) for o in answer["options"] for key in ("name", "model", "weights") if o[key]}
    for name in sorted(names | {answer["title"], "Apache-2.0", "apache-2.0"}, key=len, reverse=True):
        read = read.replace(name, "")
    points = re.findall(r"(?<![\w.,-])\d+\.(?:\d{1,2}|\d{4,})(?![\w.-])", read)
    assert set(points) <= {"3.5"}, points  # of a name that is broken over lines
    sentences = read[: read.rindex(words("method.heading"))]  # what follows has figures of four digits
    assert re.findall(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])", sentences) == []
    assert not re.search(r"\d[kKM]\b|[€$]\d|\de[+-]\d", sentences)


def test_the_headline_figure_is_retraced_from_tokens_to_money(default: tuple[dict[str, Any], str, bytes]) -> None:
    result, _, pdf = default
    option = next(o for o in result["options"] if o["id"] == result["verdict"]["leader"])
    part = next(p for p in result["first_month"] if p.get("requests"))
    price = next(p for p in result["token_prices"] if p["id"] == option["id"])
    read = text_of(pdf)
    billed = part["output_tokens"] * part["output_factor"]
    assert option["cost_lines_monthly_usd"]["api_output"][1] == pytest.approx(billed * price["usd_output"] / 1e6)
    assert sum(usd[1] for usd in option["cost_lines_monthly_usd"].values()) == pytest.approx(option["first_month_cost_usd"])
    assert sum(option["cost_lines_usd"].values()) == pytest.approx(option["npv_usd"]["base"])
    for shown in (
        count(part["requests"]),
        count(billed),
        money(price["usd_output"]),
        *map(money, option["cost_lines_usd"].values()),
    ):
        assert shown in read
    assert result["pins"]["assumptions"] in read.replace(" ", "")


def test_reports_in_threads_are_those_made_alone(default: tuple[dict[str, Any], str, bytes]) -> None:
    """Charts and text may not mix, whatever currency another thread writes in."""
    result, text, pdf = default
    other = {**result, "currency": "EUR", "usd_exchange_rate": 0.9}
    alone = report_pdf(other, text, "executive")
    with ThreadPoolExecutor(4) as pool:
        dollars = [pool.submit(report_pdf, result, text) for _ in range(2)]
        euros = [pool.submit(report_pdf, other, text, "executive") for _ in range(4)]
    assert {future.result() for future in dollars} == {pdf}
    assert {future.result() for future in euros} == {alone}


def test_reasons_that_say_the_same_stand_once() -> None:
    options = [{"id": f"o{n}"} for n in range(6)]
    said = merged([*(f"o{n} rests on it" for n in range(6)), "o1 costs more", "nothing else"], options)
    assert said == ["o0 (and o1, o2, o3 and 2 more) rests on it", "o1 costs more", "nothing else"]


def test_the_fleet_of_the_first_month_can_be_checked_by_hand() -> None:
    """Requests over seconds, busiest hour and burst over what a replica carries, rounded up: the replicas printed."""
    chosen = [o for o in scenario_data(presets()["support-assistant"])["options"] if o["id"] == "rented-h100"]
    scenario = variant(options=chosen, baseline=None, data={"classification": "internal"})
    result = evaluate(scenario, KNOWN, 16)
    answer = reported(scenario, result)
    (peak,) = answer["first_peak"]
    assert peak["mean_per_second"] == pytest.approx(peak["requests"] / (730 * 3600))
    assert peak["requests"] == answer["requests_by_month"][0]
    busiest = peak["mean_per_second"] * peak["busiest_over_mean"] * peak["burst"]
    assert peak["peak_per_second"] == pytest.approx(busiest)
    carried = peak["replica_limit_per_second"] * peak["planned_share"]
    assert peak["replicas"] == pytest.approx(busiest / carried)
    standing = answer["options"][0]["sizing"]["replicas_first_month"]
    spares = next(p["value"] for p in answer["assumptions_used"] if p["id"] == "serving.spare_replicas")
    assert standing == math.ceil(peak["replicas"]) + spares
    read = text_of(report_pdf(answer, dump_scenario(result.pinned(scenario))))
    assert f"{plain(peak['peak_per_second'], 4)} ÷ {plain(carried, 4)}" in read
    assert f"rounded up to {math.ceil(peak['replicas'])}" in read


def test_where_nothing_passes_the_first_page_says_what_fails_and_what_would_mend_it() -> None:
    chosen = [o for o in scenario_data(presets()["support-assistant"])["options"] if o["route"] in ("api", "hosted")]
    scenario = variant(data={"classification": "air_gapped"}, options=chosen, baseline=None)
    result = evaluate(scenario, KNOWN, 64)
    answer = reported(scenario, result, "executive")
    pdf = report_pdf(answer, "", "executive")
    first = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    for option in answer["options"]:
        assert option["id"].partition("-")[0] in first
    for rule in {rule for o in answer["options"] for rule in o["failed_rules"]}:
        assert rule in first
    assert words("kept_out.no_evidence") in first
    (rule, price), *_ = answer["rule_prices_usd"].items()
    best = next(o for o in answer["options"] if o["id"] == price["best"])
    assert f"The cheapest rule to settle is {rule}" in first and money(best["npv_usd"]["mean"]) in first
    assert "Not said" not in text_of(pdf)


def test_rules_that_cost_nothing_are_said_in_words(default: tuple[dict[str, Any], str, bytes]) -> None:
    free = {rule: {**price, "saving_usd": 0.0} for rule, price in default[0]["rule_prices_usd"].items()}
    assert free
    read = text_of(report_pdf({**default[0], "rule_prices_usd": free}, default[1], "executive"))
    assert words("options.saves_nothing") in read


def test_one_decision_left_is_said_once_and_in_words() -> None:
    chosen = [o for o in scenario_data(presets()["support-assistant"])["options"] if o["id"] in ("owned-rtx", "owned-h200")]
    scenario = variant(options=chosen, baseline=None, data={"classification": "internal"})
    result = evaluate(scenario, KNOWN, 64)
    read = text_of(report_pdf(reported(scenario, result, "executive"), "", "executive"))
    assert "the only other allowed option is" in read
    assert read.count("fewer than two different decisions") <= 1


def test_german_figures_of_a_count_and_a_sentence() -> None:
    with shown_in("EUR", 1.0, "de_DE"):
        assert count(250_000) == "250.000"
        assert count(479_285.41) == "479.285"
        assert money_in_words(1.53e6) == money(1.53e6)
        assert axis_amounts()[2][-1][0] == 1e6  # German has no short form for thousands
    with shown_in("USD", 1.0):
        assert count(479_287.41) == "479.29K"
        assert money_in_words(1.53e6) == "$1.53 million"


def test_rules_stand_with_their_names_and_fields_without_marks(default: tuple[dict[str, Any], str, bytes]) -> None:
    data = report_data(default[0], default[1], "full", "a4")
    said = [item for block in data["decision"] if block["kind"] == "bullets" for item in block["items"]]
    assert not [item for item in said if re.search(r"\b[A-Z]+-\d\d\b(?! \()|`", item)]


def test_footprints_by_another_method_are_marked(default: tuple[dict[str, Any], str, bytes]) -> None:
    with shown_in("USD", 1.0):
        data = report_data(default[0], default[1], "full", "a4")
    options = next(s for s in data["sections"] if s["heading"] == words("options.heading"))
    table = next(b for b in options["blocks"] if b["kind"] == "table" and "†" in b["caption"])
    marked = {row[0] for row in table["rows"] if row[-1].endswith("†")}
    assert "flash-lite" in marked
    assert "owned-rtx" not in marked
