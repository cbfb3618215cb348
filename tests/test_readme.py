"""The README documents every command and option, and what it shows is what the product prints."""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from calculator.cli import build_parser
from calculator.evaluate import evaluate_scenario
from calculator.scenario import parse_scenario

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def options(parser: argparse.ArgumentParser, command: str = "") -> Iterator[tuple[str, str]]:
    """(command, option) for every long option, and (command, "") for every command."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield f"{command} {name}".strip(), ""
                yield from options(sub, f"{command} {name}".strip())
        else:
            yield from ((command, o) for o in action.option_strings if o.startswith("--") and o != "--help")


@pytest.mark.parametrize(("command", "option"), sorted(set(options(build_parser()))))
def test_it_is_documented(command: str, option: str) -> None:
    wanted = option or command.split()[-1]
    assert re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", README), f"{command} {option}: document it in README.md"


def test_the_worked_example_is_what_compare_prints() -> None:
    shown = README.split("```text\n", 1)[1].split("```", 1)[0]
    scenario = ROOT / "assumptions" / "scenarios" / "support-assistant.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "calculator.cli", "compare", str(scenario)], capture_output=True, text=True, check=True
    )
    squeezed = " ".join(done.stdout.split())
    for line in filter(None, map(str.strip, shown.splitlines())):
        if line != "…":
            assert " ".join(line.split()) in squeezed, f"README.md shows a line that compare does not print: {line}"


def test_files_it_names_exist() -> None:
    for name in re.findall(r"(?:assumptions|tests|calculator)/[\w./-]+\.(?:yaml|png|txt|py)", README):
        assert (ROOT / name).is_file(), name


def test_the_scenario_it_shows_is_evaluated() -> None:
    shown = README.split("```yaml\n", 1)[1].split("```", 1)[0]
    result = evaluate_scenario(parse_scenario(shown, "README.md"), draws=16).as_dict()
    assert {o["route"] for o in result["options"]} == {"api", "hosted", "rented", "owned", "hybrid"}
