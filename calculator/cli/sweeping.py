"""A scenario over a grid of values."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from calculator.cli.arguments import SCENARIO_HELP, Command, draws, output_path
from calculator.errors import InputError, clip

BACKENDS = ("loky", "threading", "dask", "ray")


def register(command: Command) -> None:
    """Add the commands of this module."""
    sweep = command("sweep", run_sweep, "evaluate a scenario over a grid of values, on all cores, to a table")
    sweep.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    sweep.add_argument(
        "--vary",
        metavar="PATH=A:B:N",
        action="append",
        required=True,
        help="a path of the scenario file and N values from A to B, or V1,V2,…; may be given several times",
    )
    sweep.add_argument("-o", "--output", metavar="OUT.parquet|OUT.csv", required=True, help="where to write the table")
    sweep.add_argument("--draws", type=draws, default=512, help="draws at every point (default: 512)")
    sweep.add_argument("--jobs", type=_jobs, default=-1, metavar="N", help="processes (default: one a core)")
    sweep.add_argument("--backend", choices=BACKENDS, default="loky", help="where points run (default: loky, this machine)")


def _jobs(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, got {clip(text)!r}")
    return int(text)


def run_sweep(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from calculator.sharing import open_scenario
    from calculator.sweep import parse_axis, sweep, write_table
    from calculator.sweep.table import check_suffix

    output = check_suffix(output_path(arguments.output))
    axes = [parse_axis(text) for text in arguments.vary]
    scenario = open_scenario(arguments.file)
    journal = output.with_name(output.name + ".points")
    console = Console(stderr=True)
    with _backend(arguments.backend), Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("points", total=None)
        try:
            rows = sweep(
                scenario,
                axes,
                arguments.draws,
                jobs=arguments.jobs,
                journal=journal,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        except KeyboardInterrupt:
            print(f"stopped; the same command goes on from {journal}")
            return 130
    write_table(rows, output)
    journal.unlink(missing_ok=True)
    points = len({tuple(row[a.path] for a in axes) for row in rows})
    failed = sum(1 for row in rows if row.get("problem"))
    note = f", {failed} could not be evaluated (column `problem`)" if failed else ""
    print(f"{output}: {points} points, {len(rows)} rows{note}")
    return 0


@contextmanager
def _backend(name: str) -> Iterator[None]:
    """joblib's backend; Dask and Ray connect to the cluster that their own settings name, or start a local one."""
    from joblib import parallel_config

    try:
        if name == "dask":
            from distributed import Client

            with Client(), parallel_config(backend="dask"):
                yield
            return
        if name == "ray":
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports its use unless told not to
            from ray.util.joblib import register_ray

            register_ray()
    except ImportError:
        package = {"dask": "dask[distributed]", "ray": "ray"}[name]
        raise InputError(f"--backend {name}: {package} is not installed; install it, or leave --backend out") from None
    with parallel_config(backend=name):
        yield
