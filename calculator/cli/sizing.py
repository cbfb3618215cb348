"""One model on GPUs."""

from __future__ import annotations

import argparse
import json

from calculator.cli.arguments import Command, count, positive, share, spare


def register(command: Command) -> None:
    """Add the commands of this module."""
    sized = command("size", run_size, "how many GPUs one model needs for a load within a latency target")
    sized.add_argument("--weights", required=True, help="open weights: an id of ours or of Hugging Face, or a config.json")
    sized.add_argument("--gpu", help="GPU id, such as h100-sxm (default: search all)")
    sized.add_argument("--isl", type=positive, required=True, help="mean input tokens of a request")
    sized.add_argument("--osl", type=positive, required=True, help="mean output tokens of a request")
    sized.add_argument("--rate", type=positive, required=True, help="requests a second at the peak")
    sized.add_argument("--tpot", type=positive, default=50.0, help="time per output token that must hold, ms (default: 50)")
    sized.add_argument("--ttft", type=positive, help="time to first token that must hold, waiting included, ms")
    sized.add_argument("--cached", type=share, default=0.0, help="share of the prompt that is in the prefix cache (0 to 1)")
    sized.add_argument("--precision", help="format of the weights: bf16, fp8, int8, int4, fp4 (default: the checkpoint's)")
    sized.add_argument("--kv-precision", help="format of the KV cache: bf16 or fp8 (default: bf16)")
    sized.add_argument("--tp", type=count, help="GPUs that share one copy of the weights (default: the cheapest)")
    sized.add_argument("--spare", type=spare, help="replicas beyond the load (default: N+1)")
    sized.add_argument(
        "--benchmark",
        metavar="FILE",
        action="append",
        default=[],
        help="own measurements of one replica, as vLLM bench serve, guidellm or aiperf wrote them (may be repeated)",
    )
    sized.add_argument("--provider", help="whose on-demand GPU price counts (default: the market's median)")
    sized.add_argument(
        "--second-opinion", action="store_true", help="ask aiconfigurator-core too, where it is installed (extra silicon)"
    )
    sized.add_argument("--json", action="store_true", help="print the full result as JSON")


def run_size(arguments: argparse.Namespace) -> int:
    from calculator.assumptions import load_assumptions
    from calculator.serving.benchmark_files import read_benchmark
    from calculator.size import Question, as_dict, second_opinion_of, size

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
        benchmarks=tuple(point for file in arguments.benchmark for point in read_benchmark(file)),
    )
    answer = size(question, known)
    opinion = second_opinion_of(answer, known) if arguments.second_opinion else None
    result = as_dict(answer, known, opinion)
    if arguments.json:
        print(json.dumps(result, indent=1, allow_nan=False))
    else:
        from calculator.terminal.size import print_size

        print_size(result)
    return 0
