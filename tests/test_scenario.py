"""The scenario file: YAML 1.2, refusals with their path, round trip, schema."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.assumptions import assumptions_folder
from calculator.errors import InputError
from calculator.scenario import dump_scenario, load_scenario, parse_scenario, scenario_data, scenario_from
from calculator.schemas import scenario_schema
from calculator.yaml12 import read_yaml, write_yaml

EXAMPLES = sorted((assumptions_folder() / "scenarios").glob("*.yaml"))
DEFAULT = assumptions_folder() / "scenarios" / "support-assistant.yaml"

PRINTABLE = st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Co", "Cn"))


def test_yaml_is_read_by_version_1_2() -> None:
    text = "a: 1e9\nb: NO\nc: 2027-01\nd: 2026-11-23\ne: yes\nf: ~\ng: on\nh: 0x10\ni: 012\nj: 1_000\nk: -.5"
    assert read_yaml(text, "x") == {
        "a": 1e9, "b": "NO", "c": "2027-01", "d": "2026-11-23", "e": "yes", "f": None, "g": "on", "h": "0x10", "i": 12,
        "j": "1_000", "k": -0.5,
    }  # fmt: skip


def test_what_is_written_reads_back() -> None:
    data = {"a": "NO", "b": "2027-01", "c": "1e9", "d": 1e9, "e": [1, "x: y"], "f": None, "g": True, "h": "~", "i": "*x &y"}
    assert read_yaml(write_yaml(data), "x") == data


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(PRINTABLE))


@settings(deadline=None)
@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(PRINTABLE), inner), max_leaves=12))
def test_whatever_is_written_reads_back(data: Any) -> None:
    assert read_yaml(write_yaml({"data": data}), "x") == {"data": data}


def test_tags_of_the_core_schema_are_understood() -> None:
    text = "a: !!str 12\nb: ! 12\nc: !!float 12\nd: !!int '12'\ne: !!seq [!!bool true]\nf: !!map {}\ng: !!null ~\nh: '12'"
    told = {"a": "12", "b": "12", "c": 12.0, "d": 12, "e": [True], "f": {}, "g": None, "h": "12"}
    assert read_yaml(text, "x") == told
    assert isinstance(read_yaml(text, "x")["c"], float)


def test_only_a_trusted_file_may_repeat_a_value_by_alias() -> None:
    assert read_yaml("a: &x [1]\nb: {c: *x}", "x", trusted=True) == {"a": [1], "b": {"c": [1]}}
    for text in ("a: &x [*x]", "a: *x"):
        with pytest.raises(InputError, match="no value above is named &x"):
            read_yaml(text, "x", trusted=True)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_survive_a_round_trip(path: Any) -> None:
    scenario = load_scenario(path)
    assert parse_scenario(dump_scenario(scenario)) == scenario


BAD: list[tuple[tuple[Any, ...], Any, str]] = [
    (("workloads", 0, "requests_per_month"), -1, "workloads.0.requests_per_month: must be above 0"),
    (("workloads", 0, "requests_per_month"), 0, "must be above 0"),
    (("workloads", 0, "requests_per_month"), 1e40, "at most 1,000,000,000,000"),
    (("workloads", 0, "requests_per_month"), "3e6", "must be a number"),
    (("workloads", 0, "requests_per_month"), True, "must be a number"),
    (("workloads", 0, "requests_per_month"), {"low": 1, "base": 3, "high": 2}, "needs low <= base <= high"),
    (("workloads", 0, "requests_per_month"), {"low": 1, "base": 3}, "requests_per_month.high: is missing"),
    (("workloads", 0, "input_tokens"), float("nan"), "finite"),
    (("workloads", 0, "input_tokens"), {"mean": 5, "p95": 1}, "must not be below the mean"),
    (("workloads", 0, "annual_growth"), -2, "annual_growth: must be at least -0.99"),
    (("workloads", 0, "requets"), 1, "workloads.0.requets: unknown key"),
    (("workloads", 0, "traffic"), {"profile": [1, 2]}, "needs 168 weights"),
    (("workloads", 0, "traffic"), {"time_zone": "Mars/Olympus"}, "unknown time zone"),
    (("horizon_months",), 0, "horizon_months"),
    (("horizon_months",), 10_000, "horizon_months"),
    (("options", 0, "route"), "teleport", "route must be one of"),
    (("options", 1, "gpu"), 5, "options.1.gpu"),
    (("options", 0, "colour"), "blue", "options.0.colour: unknown key"),
    (("baseline",), "lunar", "did you mean|choose one of luna"),
    (("start",), "2027-13", "must be a month such as 2027-01"),
    (("start",), "2020-01", "lies before as_of"),
    (("start",), "2099-01", "more than 10 years after as_of"),
    (("as_of",), "yesterday", "must be a date"),
    (("options",), [], "options"),
    (("discount_rate",), -1.0, "discount_rate"),
    (("title",), "a\x1b[31mb\x07", "title: has control characters"),
    (("options", 0, "name"), "a\x1bb", "options.0.name: has control characters"),
    (("options",), [], "options: needs at least 1 entry"),
    (("options", 0, "comitment"), "x", "options.0.comitment: unknown key; did you mean"),
    (("workloads", 0, "slo"), {"ttf_ms": 5}, "slo.ttf_ms: unknown key; did you mean ttft_ms, tpot_ms, ttft_binding"),
    (("seed",), -1, "seed: must be at least 0"),
    (("seed",), 2**33, "at most 4,294,967,295"),
    (("currency",), "euro", "three capitals, such as EUR"),
    (("schema",), 99, "version 99 is not known"),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=lambda x: str(x)[:40])
def test_bad_input_is_one_line_with_its_path(path: tuple[Any, ...], value: Any, message: str) -> None:
    data = copy.deepcopy(scenario_data(load_scenario(DEFAULT)))
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InputError, match=message.replace("+", r"\+")) as caught:
        scenario_from(data, "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "line"),
        ("a: 1\na: 2", "stands twice"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("[" * 100_000, "nested too deeply"),
        ("a: 1\n---\na: 2", "line 2, column 1: a second document"),
        ("a: !!bool maybe", "line 1, column 4: the tag tag:yaml.org,2002:bool is not accepted"),
        ("a: !shell ls", "the tag !shell is not accepted"),
        ("a: !!set {x}", "the tag tag:yaml.org,2002:set is not accepted"),
        ("[a, b]: 1", "a key must be plain text"),
        ("x: " + "9" * 5000, "400 digits"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("\x00", "YAML"),
        ("just text", "is not a scenario"),
        ("a" * 3_000_000, "larger than"),
    ],
)
def test_broken_text_is_one_line(text: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_scenario(text, "mine.yaml")
    assert "\n" not in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_random_input_never_escapes(raw: Any) -> None:
    try:
        parse_scenario(raw, "mine.yaml")
    except InputError as error:
        assert "\n" not in str(error)


def test_a_hybrid_needs_two_other_options() -> None:
    data = scenario_data(load_scenario(DEFAULT))
    mix = next(o for o in data["options"] if o["route"] == "hybrid")
    for change, message in (
        ({"overflow": mix["id"]}, "is this option itself"),
        ({"overflow": mix["base"]}, "same option as base"),
        ({"base": "luna"}, "has no own GPUs"),
        ({"overflow": "nobody"}, "no option 'nobody'"),
    ):
        wrong = {**data, "options": [{**o, **change} if o is mix else o for o in data["options"]]}
        with pytest.raises(InputError, match=message):
            scenario_from(wrong)


def test_the_schema_describes_its_fields() -> None:
    schema = scenario_schema()
    fields = [(name, f) for d in (schema, *schema["$defs"].values()) for name, f in d.get("properties", {}).items()]
    described = [name for name, f in fields if "description" in f or "$ref" in str(f) or "const" in f]
    assert len(described) > 0.6 * len(fields)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("title", ["😀 plan", "支援", "naïve — “quoted”", "a: b # c", "{x}"])
def test_any_title_survives_file_json_link_and_cache_key(title: str) -> None:
    from calculator.scenario import canonical_json, dump_scenario
    from calculator.sharing import link, open_scenario

    scenario = scenario_from({**scenario_data(load_scenario(DEFAULT)), "title": title})
    for text in (dump_scenario(scenario), canonical_json(scenario), json.dumps(scenario_data(scenario))):
        assert parse_scenario(text) == scenario
    assert open_scenario(link(scenario, "http://localhost/")) == scenario


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": ' + "[" * 5000 + "]" * 5000 + "}", "nested too deeply"),
        ('{"a": ' + "9" * 500 + "}", "400 digits"),
    ],
)
def test_json_has_the_same_traps(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_scenario(text, "mine.json")
