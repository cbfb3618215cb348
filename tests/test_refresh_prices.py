"""A file of prices against what is charged: what differs, what it does, and what a bad file gets."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.checks import violations
from calculator.errors import InputError
from calculator.prices import price_list, request_cost_usd
from calculator.refresh import Refresh, effects, refresh_prices
from calculator.refresh.reading import parse_prices
from calculator.scenario import load_scenario
from tests.test_cli import DEFAULT

KNOWN = load_assumptions()
ON = date(2026, 11, 25)
HEAD = "provider,model,input_usd_per_mtok,output_usd_per_mtok"


def found(text: str) -> Refresh:
    return refresh_prices(KNOWN, parse_prices(text.encode(), "prices.csv"), "prices.csv", ON)


def raw(value: Any) -> Any:
    """genai-prices' objects as its data file writes them."""
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "tiers"):
        return {"base": float(value.base), "tiers": [{"start": t.start, "price": float(t.price)} for t in value.tiers]}
    return {name: raw(v) for name, v in vars(value).items() if v is not None and not name.startswith("_")}


def entry(price: Any) -> Any:
    constraint = getattr(price, "constraint", None)
    if not hasattr(price, "prices"):
        return raw(price)
    dated = {} if constraint is None else {"constraint": {k: str(v) for k, v in vars(constraint).items()}}
    return {**dated, "prices": raw(price.prices)}


def genai_data() -> list[dict[str, Any]]:
    from genai_prices import data

    return [
        {
            "id": p.id,
            "models": [
                {
                    "id": m.id,
                    "prices": [entry(x) for x in m.prices] if isinstance(m.prices, list) else entry(m.prices),
                    "price_variants": [{"when": v.when, **entry(v)} for v in m.price_variants or ()],
                }
                for m in p.models
            ],
        }
        for p in data.providers
    ]


def test_genai_prices_own_data_differs_in_nothing() -> None:
    same = refresh_prices(KNOWN, parse_prices(json.dumps(genai_data()).encode()), "data.json", ON)
    assert same.changes == () and same.texts == {}
    assert any("depends on the hour" in line for line in same.left_out)


def test_a_newer_data_file_of_genai_prices() -> None:
    """Luna's output doubles and cached input is no longer sold; nothing else moves."""
    data = genai_data()
    models = next(p for p in data if p["id"] == "openai")["models"]
    luna = next(m for m in models if m["id"] == "gpt-6-luna")
    before = price_list(KNOWN, "openai", "gpt-6-luna").periods[-1].tiers[0][1]
    luna["prices"] = {"input_mtok": before.input, "cache_write_mtok": before.cache_write, "output_mtok": 2 * before.output}
    luna["price_variants"] = []
    newer = refresh_prices(KNOWN, parse_prices(json.dumps({"providers": data}).encode()), "data.json", ON)
    moved = {c.id.partition(": ")[2]: (c.old, c.new) for c in newer.changes}
    assert {c.id.partition(":")[0] for c in newer.changes} == {"openai/gpt-6-luna"}
    assert moved["output_usd_per_mtok"] == (before.output, 2 * before.output)
    assert moved["cached_input_usd_per_mtok"] == (before.cached_input, before.input)
    after = price_list(KNOWN.with_texts(newer.texts), "openai", "gpt-6-luna").periods[0].tiers[0][1]
    assert after.output == 2 * before.output and after.cached_input == before.input == after.input


def test_what_a_row_leaves_out_stays() -> None:
    held = price_list(KNOWN, "openai", "gpt-6-luna").periods[-1]
    new = found(f"{HEAD}\nopenai,gpt-6-luna,{held.tiers[0][1].input!r},9\n")
    assert [(c.id, c.new) for c in new.changes] == [("openai/gpt-6-luna: output_usd_per_mtok", 9.0)]
    then = price_list(KNOWN.with_texts(new.texts), "openai", "gpt-6-luna").periods[0]
    assert then.tiers[0][1].cached_input == held.tiers[0][1].cached_input
    assert (then.batch_tiers is None) == (held.batch_tiers is None)


def test_a_price_from_a_day_on_leaves_the_days_before() -> None:
    new = found(f"{HEAD},start\nopenai,gpt-6-luna,5,50,2027-06-01\n")
    assert {c.id.rpartition(" ")[2] for c in new.changes} == {"2027-06-01"}
    changed = KNOWN.with_texts(new.texts)
    request = {"input_tokens": 1000.0, "output_tokens": 1000.0}
    for day, known in ((date(2027, 5, 31), KNOWN), (date(2027, 6, 1), None)):
        usd = request_cost_usd(price_list(changed, "openai", "gpt-6-luna"), on=day, **request)
        held = 0.055 if known is None else request_cost_usd(price_list(known, "openai", "gpt-6-luna"), on=day, **request)
        assert usd == pytest.approx(held)


def test_a_surcharge_for_a_region_comes_on_top_of_a_given_price() -> None:
    changed = KNOWN.with_texts(found(f"{HEAD}\nopenai,gpt-6-luna,1,2\n").texts)
    plain, eu = (price_list(changed, "openai", "gpt-6-luna", region=r).periods[0].tiers[0][1] for r in (None, "eu"))
    uplift = KNOWN.number("offers.openai/gpt-6-luna.residency_uplift")
    assert plain.output == 2 and eu.output == pytest.approx(2 * (1 + uplift)) and uplift > 0


def test_a_deployment_is_named_by_endpoint_and_region() -> None:
    rows = f"{HEAD},endpoint,region\nazure,gpt-6.1-sol,3,11,data_zone,eu\n"
    new = found(rows)
    assert {c.id.partition(":")[0] for c in new.changes} == {"azure/gpt-6.1-sol@data_zone/eu"}
    changed = KNOWN.with_texts(new.texts)
    assert price_list(changed, "azure", "gpt-6.1-sol", endpoint="data_zone", region="eu").periods[0].tiers[0][1].output == 11
    other = {"endpoint": "global"}
    assert price_list(changed, "azure", "gpt-6.1-sol", **other) == price_list(KNOWN, "azure", "gpt-6.1-sol", **other)


def test_rows_may_be_yaml_or_json_like_the_shipped_file() -> None:
    row = {"provider": "openai", "model": "gpt-6-luna", "input_usd_per_mtok": 1, "output_usd_per_mtok": 2}
    by_list, by_rows = found(json.dumps([row])), found(json.dumps({"rows": {"luna": row}}))
    yaml = found("rows:\n  luna: {provider: openai, model: gpt-6-luna, input_usd_per_mtok: 1, output_usd_per_mtok: 2}\n")
    assert by_list.changes == by_rows.changes == yaml.changes != ()


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_what_is_written_is_what_was_given(input_usd: float, output_usd: float) -> None:
    new = found(f"{HEAD}\nopenai,gpt-6-luna,{input_usd!r},{output_usd!r}\n")
    rates = price_list(KNOWN.with_texts(new.texts), "openai", "gpt-6-luna").periods[0].tiers[0][1]
    assert (rates.input, rates.output) == pytest.approx((input_usd, output_usd))


def test_the_rows_keep_the_rules_of_assumptions() -> None:
    new = found(f'{HEAD},start\nopenai,gpt-6-luna,1,2,\n"openai","gpt-6-luna",2,3,2027-02-01\n')
    assert [v for v in violations(KNOWN.with_texts(new.texts), ON) if "token_prices" in v] == []


def test_its_effect_on_an_example() -> None:
    (row,) = effects(found(f"{HEAD}\nopenai,gpt-6-luna,100,500\n"), KNOWN, {"support": load_scenario(DEFAULT)})
    assert row["largest_npv_change"] > 10


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no list of prices"),
        ("[]", "holds no list of prices"),
        ("[1]", "row 1: must be an object"),
        ("provider,model\na,b\n", "has no column input_usd_per_mtok"),
        (HEAD + ",price\nopenai,gpt-6-luna,1,2,3\n", "column 'price' is not known"),
        (HEAD + "\nopenai,gpt-6-luna,1,\n", "row 2: output_usd_per_mtok is missing"),
        (HEAD + "\nopenai,gpt-6-luna,1,-2\n", "row 2: output_usd_per_mtok: must be a number from 0"),
        (HEAD + "\nopenai,gpt-6-luna,nan,2\n", "row 2: input_usd_per_mtok: must be a number from 0"),
        (HEAD + "\nopenai,gpt-6-lunna,1,2\n", "gpt-6-luna"),
        (HEAD + "\nopenai,gpt-6-luna,1,2\nopenai,gpt-6-luna,1,3\n", "row 3: openai/gpt-6-luna stands twice"),
        (HEAD + "\nopenai,gpt-6-luna,1,2,9\n", "more cells than the heading"),
        (HEAD + ",start\nopenai,gpt-6-luna,1,2,soon\n", "row 2: start: must be a date"),
        (HEAD + "\nazure,gpt-6.1-sol,1,2\n", "is priced by deployment; name endpoint and region: global in any"),
        ('[{"id": "openai", "models": [{"id": 1}]}]', "is not genai-prices' data"),
        ('[{"id": "a", "models": [{"id": "b", "prices": {"input_mtok": "x"}}]}]', "a/b: input_mtok: must be a number"),
        ("rows: [", "prices.csv, line"),
    ],
)
def test_a_bad_file_gets_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        found(text)
    assert message in str(caught.value) and str(caught.value).startswith("prices.csv") and "\n" not in str(caught.value)


def test_the_command_says_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(f"{HEAD}\nopenai,gpt-6-luna,100,500\n")
    command = [sys.executable, "-m", "calculator.cli", "assumptions", "refresh", "--prices", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "openai/gpt-6-luna: output_usd_per_mtok: 0.5 → 500" in done.stdout and "nothing written" in done.stdout
    assert "support-assistant: cost changes by" in done.stdout
    done = subprocess.run(
        [*command[:-1], str(tmp_path / "none.csv")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "no such file" in done.stderr
