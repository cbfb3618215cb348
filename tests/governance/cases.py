"""Scenarios, options and altered facts for tests of the gates."""

from typing import Any

from calculator.assumptions import Assumptions, assumptions_folder
from calculator.governance.gate import Gate
from calculator.governance.judging import judge
from calculator.scenario import Scenario, scenario_from
from calculator.yaml12 import read_yaml, write_yaml

TEXTS = {
    ".".join(p.relative_to(assumptions_folder()).with_suffix("").parts): p.read_text(encoding="utf-8")
    for p in sorted(assumptions_folder().rglob("*.yaml"))
    if p.relative_to(assumptions_folder()).parts[0] != "scenarios"
}
KNOWN = Assumptions(TEXTS)

POOL: dict[str, dict[str, Any]] = {
    "openai": {"route": "api", "provider": "openai", "model": "gpt-6-luna", "region": "eu"},
    "anthropic": {"route": "api", "provider": "anthropic", "model": "claude-sonnet-5-5", "region": "us"},
    "fable": {"route": "api", "provider": "aws", "model": "claude-fable-5-1", "region": "eu"},
    "azure": {"route": "api", "provider": "azure", "model": "gpt-5.4", "endpoint": "regional", "region": "swedencentral"},
    "azure-zone": {"route": "api", "provider": "azure", "model": "gpt-5.4", "endpoint": "data_zone", "region": "eu"},
    "vertex": {"route": "api", "provider": "google", "model": "gemini-3.8-flash", "endpoint": "vertex", "region": "de"},
    "deepseek": {"route": "hosted", "provider": "deepseek", "model": "deepseek-v4-flash"},
    "together": {"route": "hosted", "provider": "together", "model": "gpt-oss-120b", "region": "us"},
    "nebius": {"route": "hosted", "provider": "nebius", "model": "gpt-oss-120b", "zero_retention": True},
    "nobody": {"route": "hosted", "provider": "nobody", "model": "nothing", "weights": "gemma-4-31b"},
    "rented": {"route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "gcp", "region": "eu"},
    "market": {"route": "rented", "weights": "llama-3.3-70b", "gpu": "h100-sxm"},
    "owned": {"route": "owned", "weights": "deepseek-v4-flash", "gpu": "h200-sxm", "country": "FR"},
    "premises": {"route": "owned", "weights": "minimax-m3", "gpu": "h200-sxm", "country": "DE", "site": "own"},
}


def scenario(*options: str | dict[str, Any], **blocks: Any) -> Scenario:
    """A small scenario over options of the pool, or given ones."""
    chosen = [{"id": o, **POOL[o]} if isinstance(o, str) else {"id": f"o{n}", **o} for n, o in enumerate(options)]
    workload = {"name": "w", "requests_per_month": 1e5, "input_tokens": 1000, "output_tokens": 200}
    top = {"title": "t", "as_of": "2026-11-23", "start": "2026-12", "workloads": [workload], "options": chosen}
    return scenario_from({**top, **blocks})


def judged(option: str | dict[str, Any], known: Assumptions = KNOWN, **blocks: Any) -> dict[str, Gate]:
    """The judgements on one option by rule."""
    s = scenario(option, **blocks)
    return {g.rule: g for g in judge(s, s.options[0], known)}


def altered(topic: str, row: str, **cells: Any) -> Assumptions:
    """The shipped facts with some cells of a row replaced."""
    content = read_yaml(TEXTS[topic], topic, trusted=True)
    content["rows"][row].update(cells)
    return Assumptions({**TEXTS, topic: write_yaml(content)})
