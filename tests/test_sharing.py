"""Links and reports carry a scenario whole, or refuse in one line."""

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.errors import InputError
from calculator.scenario import Scenario, scenario_data, scenario_from
from calculator.sharing import (
    LINK_LIMIT,
    applied,
    differences,
    link,
    link_parameter,
    open_scenario,
    presets,
    scenario_from_bytes,
    scenario_from_parameter,
)

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


def changed(**updates: Any) -> Scenario:
    data = scenario_data(presets()["support-assistant"])
    data["workloads"][0].update(updates)
    return scenario_from(data)


@settings(deadline=None)
@given(VALUES, VALUES)
def test_differences_applied_give_the_other(before: Any, after: Any) -> None:
    data = {"root": before}
    assert applied(data, differences(data, {"root": after})) == {"root": after}


@settings(deadline=None, max_examples=25)
@given(st.floats(1, 1e12), st.floats(1, 1e5), st.sampled_from(["office_hours", "consumer", "always_on"]))
def test_a_link_carries_the_scenario_to_the_digit(requests: float, tokens: float, profile: str) -> None:
    scenario = changed(requests_per_month=requests, output_tokens=tokens, traffic={"profile": profile})
    assert open_scenario(link(scenario, "http://localhost:8501/")) == scenario


@pytest.mark.parametrize("name", sorted(presets()))
def test_every_example_fits_in_a_link(name: str) -> None:
    text = link(presets()[name], "https://calculator.example.org/")
    assert len(text) < LINK_LIMIT
    assert open_scenario(text) == presets()[name]


def test_a_measured_profile_goes_by_file() -> None:
    with pytest.raises(InputError, match="by file"):
        link_parameter(changed(traffic={"profile": [1.0] * 168}))


def test_a_long_scenario_goes_by_file() -> None:
    data = scenario_data(presets()["support-assistant"])
    data["title"] = "".join(chr(0x4E00 + 7 * i) for i in range(200))
    data["evidence"] = [
        {"rule": f"R{i}", "outcome": "pass", "date": "2026-01-01", "statement": "".join(map(chr, range(start, start + 300)))}
        for i, start in enumerate(range(0x5000, 0x5100, 31))
    ]
    with pytest.raises(InputError, match="characters"):
        link(scenario_from(data), "http://localhost/")


def packed(content: Any) -> str:
    raw = json.dumps(content).encode()
    return "1." + base64.urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("=")


BOMB = "1." + base64.urlsafe_b64encode(zlib.compress(b"[" + b"0," * 5_000_000 + b"0]", 9)).decode()


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("", "version"),
        ("2.abc", "version"),
        ("1.", "damaged"),
        ("1.!!!", "damaged"),
        (link_parameter(presets()["bank-documents"])[:-7], "damaged"),
        (BOMB, "damaged"),
        (packed([1]), "damaged"),
        (packed({"preset": "support-assistant", "is": "00000000", "changes": []}), "another edition"),
        (packed({"preset": {}, "is": "", "changes": []}), "another edition"),
        (packed({"preset": "x", "is": "", "changes": [1]}), "damaged"),
    ],
)
def test_a_damaged_or_hostile_link_is_one_line(parameter: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        scenario_from_parameter(parameter)
    assert "\n" not in str(caught.value)


def test_a_link_is_validated_like_a_file() -> None:
    good = json.loads(zlib.decompress(base64.urlsafe_b64decode(link_parameter(presets()["support-assistant"])[2:] + "==")))
    for changes, message in (
        ([[["horizon_months"], -3]], "horizon_months"),
        ([[["frobnicate"], 1]], "unknown key"),
        ([[["workloads", 7, "x"], 1]], "does not exist"),
        ([[["title", "x"], 1]], "does not exist"),
        ([[[], 1]], "does not exist"),
    ):
        with pytest.raises(InputError, match=message):
            scenario_from_parameter(packed({**good, "changes": changes}))


@pytest.mark.parametrize("content", [b"%PDF-1.7 nonsense", b"%PDF-" + bytes(range(256)) * 50])
def test_a_pdf_without_a_scenario_is_one_line(content: bytes) -> None:
    with pytest.raises(InputError, match="carries no scenario"):
        scenario_from_bytes(content, "mine.pdf")
