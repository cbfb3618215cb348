"""The second opinion where its package is installed, and plain words where it is not or has nothing to say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from calculator.serving import second_opinion as module
from calculator.serving.placement import Placement
from calculator.serving.precision import Precision
from calculator.serving.second_opinion import second_opinion, shipped_config
from calculator.serving.silicon import silicon_path

from .configs import PUBLISHED

FP8 = Precision("fp8", "fp8", "bf16")
installed = pytest.mark.skipif(silicon_path() is None, reason="needs the extra silicon")


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "silicon_path", lambda: None)
    opinion = second_opinion.__wrapped__("x", "h100-sxm", Placement(1), FP8, 1000, 100, 8)
    assert opinion.output_tokens_per_second is None
    assert "is not installed" in opinion.reason
    assert shipped_config("meta-llama/Meta-Llama-3.1-8B") is None


@installed
def test_what_it_cannot_answer_is_said(tmp_path: Path) -> None:
    assert "ships no config" in second_opinion(None, "h100-sxm", Placement(1), FP8, 1000, 100, 8).reason
    assert "no measurements of mi300x" in second_opinion("x", "mi300x", Placement(1), FP8, 1000, 100, 8).reason
    assert "several nodes" in second_opinion("x", "h100-sxm", Placement(8, 2), FP8, 1000, 100, 8).reason
    broken = tmp_path / "config.json"
    broken.write_text("{}")
    assert "has no data" in second_opinion(str(broken), "h100-sxm", Placement(1), FP8, 1000, 100, 8).reason


@installed
def test_it_answers_from_a_local_config_without_the_network(tmp_path: Path) -> None:
    config = {**PUBLISHED["Llama 3.1 8B"][0], "architectures": ["LlamaForCausalLM"], "model_type": "llama"}
    place = tmp_path / "config.json"
    place.write_text(json.dumps({**config, "rope_theta": 500000.0, "torch_dtype": "bfloat16"}))
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise OSError('no network')\n"
        "socket.socket.connect = refuse\n"
        "from calculator.serving.placement import Placement\n"
        "from calculator.serving.precision import Precision\n"
        "from calculator.serving.second_opinion import second_opinion\n"
        "o = second_opinion(sys.argv[1], 'h100-sxm', Placement(1), Precision('bf16', 'bf16', 'bf16'), 1000, 500, 32)\n"
        "print(o.reason or o.output_tokens_per_second)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(place)], capture_output=True, text=True, check=True)
    assert 500 < float(done.stdout) < 10_000
