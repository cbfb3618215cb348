"""The command line: `llm-adoption`.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
Exit codes: 0 done, 1 a verified case misses, 2 bad input with one clear line.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from calculator import __version__
from calculator.errors import InputError, clip

DEFAULT_PORT = 8501
SCENARIO_HELP = "scenario file (YAML or JSON), link, or report PDF"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parsed = build_parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed) or 0)
    except InputError as error:
        print(f"error: {clip(error, 400)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """All commands and options; a test holds the README against it."""
    parser = argparse.ArgumentParser(
        prog="llm-adoption",
        description="Compare a proprietary API, hosted open weights, rented or owned GPUs, or a mix, for LLM workloads.",
    )
    parser.add_argument("--version", action="version", version=f"llm-adoption {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.set_defaults(run=run)
        return sub

    ui = command("ui", run_ui, "open the web form in a browser")
    ui.add_argument("--host", default="localhost", help="address to listen on (default: localhost, this machine only)")
    ui.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"port to listen on (default: {DEFAULT_PORT})")

    compare = command("compare", run_compare, "rank the options of a scenario and name the winner")
    compare.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    compare.add_argument("--json", action="store_true", help="print the full result as JSON")
    compare.add_argument("--draws", type=_draws, default=512, help="draws of the simulation (default: 512)")

    crossing = command("break-even", run_break_even, "say at which volume, month and utilization self-hosting pays")
    crossing.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    crossing.add_argument("--json", action="store_true", help="print as JSON")
    limit = crossing.add_mutually_exclusive_group()
    limit.add_argument("--budget-per-month", metavar="USD", help="also the largest volume of each option for this budget")
    limit.add_argument("--budget-per-year", metavar="USD", help="the same for a yearly budget")

    report = command("report", run_report, "write the report of a scenario as a PDF")
    report.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    report.add_argument("-o", "--output", metavar="OUT.pdf", required=True, help="where to write it")
    report.add_argument("--draws", type=_draws, default=512, help="draws of the simulation (default: 512)")

    save = command("save", run_save, "write a scenario with its pins: assumption set, prices, seed, version")
    save.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    save.add_argument("-o", "--output", metavar="OUT.yaml", required=True, help="where to write it")

    sized = command("size", run_size, "how many GPUs one model needs for a load within a latency target")
    sized.add_argument("--weights", required=True, help="open weights: an id of ours or of Hugging Face, or a config.json")
    sized.add_argument("--gpu", help="GPU id, such as h100-sxm (default: search all)")
    sized.add_argument("--isl", type=_positive, required=True, help="mean input tokens of a request")
    sized.add_argument("--osl", type=_positive, required=True, help="mean output tokens of a request")
    sized.add_argument("--rate", type=_positive, required=True, help="requests a second at the peak")
    sized.add_argument("--tpot", type=_positive, default=50.0, help="time per output token that must hold, ms (default: 50)")
    sized.add_argument("--ttft", type=_positive, help="time to first token that must hold, waiting included, ms")
    sized.add_argument("--cached", type=_share, default=0.0, help="share of the prompt that is in the prefix cache (0 to 1)")
    sized.add_argument("--precision", help="format of the weights: bf16, fp8, int8, int4, fp4 (default: the checkpoint's)")
    sized.add_argument("--kv-precision", help="format of the KV cache: bf16 or fp8 (default: bf16)")
    sized.add_argument("--tp", type=_count, help="GPUs that share one copy of the weights (default: the cheapest)")
    sized.add_argument("--spare", type=_spare, help="replicas beyond the load (default: N+1)")
    sized.add_argument("--provider", help="whose on-demand GPU price counts (default: the market's median)")
    sized.add_argument("--json", action="store_true", help="print the full result as JSON")

    link = command("link", run_link, "print a link that opens a scenario in the web form")
    link.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    link.add_argument("--base", metavar="URL", default=f"http://localhost:{DEFAULT_PORT}/", help="address of the web form")

    opened = command("open", run_open, "write the scenario that a link or a report PDF carries")
    opened.add_argument("file", metavar="LINK|PDF", help="link or report PDF")
    opened.add_argument("-o", "--output", metavar="OUT.yaml", help="where to write it (default: standard output)")

    known = command("assumptions", run_assumptions, "list, show or check the numbers about the world")
    actions = known.add_subparsers(title="actions", metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="one line for each assumption")
    listed.add_argument("topic", nargs="?", help="only this topic")
    listed.set_defaults(action="list")
    shown = actions.add_parser("show", help="one assumption with its range, source and date")
    shown.add_argument("id", help="id as `list` prints it")
    shown.set_defaults(action="show")
    checked = actions.add_parser("check", help="report what is older than its own limit, or incomplete")
    checked.add_argument("--on", metavar="DATE", help="judge ages at this date (default: today)")
    checked.set_defaults(action="check")
    for action in (listed, shown, checked):
        action.add_argument("--json", action="store_true", help="print as JSON")

    schema = command("schema", run_schema, "print the JSON Schema of scenario files or results")
    schema.add_argument("what", nargs="?", choices=["scenario", "compare", "size", "break-even"], default="scenario")

    verify = command("verify", run_verify, "run worked cases from published sources against the engine")
    verify.add_argument("files", metavar="FILE", nargs="*", help="case files (default: the shipped cases)")
    verify.add_argument("--json", action="store_true", help="print as JSON")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"must be a port from 1 to 65535, got {clip(text)!r}")
    return int(text)


def _draws(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 2**17:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {2**17}, got {clip(text)!r}")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"must be a number above 0 and below 1e9, got {clip(text)!r}")
    return number


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"must be a share from 0 to below 1, got {clip(text)!r}")
    return number


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 1024, got {clip(text)!r}")
    return int(text)


def _spare(text: str) -> int:
    return 0 if text == "0" else _count(text)


def run_ui(arguments: argparse.Namespace) -> int:
    from calculator.ui import run

    run(host=arguments.host, port=arguments.port)
    return 0


def _result(arguments: argparse.Namespace) -> tuple[Any, Any]:
    from calculator.evaluate import evaluate_scenario
    from calculator.sharing import open_scenario

    scenario = open_scenario(arguments.file)
    try:
        return scenario, evaluate_scenario(scenario, draws=arguments.draws)
    except InputError as error:
        raise InputError(f"{clip(arguments.file)}: {error}") from None


def run_compare(arguments: argparse.Namespace) -> int:
    scenario, result = _result(arguments)
    if arguments.json:
        from calculator.volumes import break_even_pairs

        print(json.dumps(result.as_dict(break_even=break_even_pairs(scenario)), indent=1, allow_nan=False))
    else:
        from calculator.terminal import print_comparison

        print_comparison(result.as_dict())
    return 0


def run_break_even(arguments: argparse.Namespace) -> int:
    from calculator.scenario import load_scenario
    from calculator.terminal_break_even import print_break_even
    from calculator.volumes import break_even_answer

    budget = None
    for name, months in (("budget_per_month", 1), ("budget_per_year", 12)):
        if getattr(arguments, name) is not None:
            budget = _usd(getattr(arguments, name), f"--{name.replace('_', '-')}") / months
    scenario = load_scenario(arguments.file)
    with _working("searching for crossings"):
        answer = break_even_answer(scenario, budget)
    if arguments.json:
        print(json.dumps(answer, indent=1, allow_nan=False))
    else:
        print_break_even(answer)
    return 0


def _usd(text: str, where: str) -> float:
    try:
        usd = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        usd = float("nan")
    if not 0 < usd < 1e15:
        raise InputError(f"{where}: must be an amount above 0 in USD, got {clip(text)!r}")
    return usd


def _working(what: str) -> Any:
    """A spinner on the terminal's error stream while something takes longer; nothing in a pipe."""
    from rich.console import Console

    return Console(stderr=True).status(what)


def run_report(arguments: argparse.Namespace) -> int:
    from calculator.report import report_pdf
    from calculator.scenario import dump_scenario

    output = Path(arguments.output)
    if not output.parent.is_dir():
        raise InputError(f"{output}: the folder {output.parent} does not exist; create it or choose another")
    scenario, result = _result(arguments)
    pdf = report_pdf(result.as_dict(), dump_scenario(result.pinned(scenario)))
    _write(output, pdf)
    print(f"{output}: {len(pdf) / 1000:.0f} kB")
    return 0


def run_save(arguments: argparse.Namespace) -> int:
    from calculator.evaluate import pinned
    from calculator.scenario import dump_scenario
    from calculator.sharing import open_scenario

    text = dump_scenario(pinned(open_scenario(arguments.file)))
    _write(Path(arguments.output), text.encode())
    return 0


def run_link(arguments: argparse.Namespace) -> int:
    from calculator.sharing import link, open_scenario

    print(link(open_scenario(arguments.file), arguments.base))
    return 0


def run_open(arguments: argparse.Namespace) -> int:
    from calculator.scenario import dump_scenario
    from calculator.sharing import open_scenario

    text = dump_scenario(open_scenario(arguments.file))
    if arguments.output is None:
        print(text, end="")
    else:
        _write(Path(arguments.output), text.encode())
    return 0


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place") from None


def run_size(arguments: argparse.Namespace) -> int:
    from calculator.assumptions import load_assumptions
    from calculator.size import Question, as_dict, size

    known = load_assumptions()
    question = Question(
        weights=arguments.weights,
        isl=arguments.isl,
        osl=arguments.osl,
        rate=arguments.rate,
        tpot_ms=arguments.tpot,
        ttft_ms=arguments.ttft,
        cached_share=arguments.cached,
        gpu=arguments.gpu,
        precision=arguments.precision,
        kv_precision=arguments.kv_precision,
        tp=arguments.tp,
        spare_replicas=arguments.spare,
        provider=arguments.provider,
    )
    result = as_dict(size(question, known), known)
    if arguments.json:
        print(json.dumps(result, indent=1, allow_nan=False))
    else:
        from calculator.terminal_size import print_size

        print_size(result)
    return 0


def run_assumptions(arguments: argparse.Namespace) -> int:
    from calculator import terminal
    from calculator.assumptions import load_assumptions

    known = load_assumptions()
    if arguments.action == "show":
        terminal.print_parameter(known.parameter(arguments.id), as_json=arguments.json)
        return 0
    if arguments.action == "list":
        terminal.print_parameters(list(known.parameters(arguments.topic)), as_json=arguments.json)
        return 0
    return terminal.print_check(known, arguments.on, as_json=arguments.json)


def run_schema(arguments: argparse.Namespace) -> int:
    from calculator.schemas import SCHEMAS

    print(json.dumps(SCHEMAS[arguments.what](), indent=1))
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    from calculator.terminal import print_verification
    from calculator.verify import verify

    report = verify([Path(f) for f in arguments.files] or None)
    print_verification(report, as_json=arguments.json)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
