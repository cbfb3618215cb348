"""A process that draws charts: a Vega-Lite spec on each line in, its SVG as JSON on a line out, null where it cannot.

It is started as a file, with the folder of the fonts, and ends when nobody writes to it any more.
"""

from __future__ import annotations

import json
import sys

import vl_convert

WARMING_UP = json.dumps({"data": {"values": [{}]}, "mark": "text"})
"""The first chart starts the engine."""


def svg(spec: str) -> str | None:
    """The drawing, None for a spec that has none; who asked for it draws it itself then, and hears why.

    Whatever else goes wrong ends this process, with the same outcome.
    """
    try:
        return str(vl_convert.vegalite_to_svg(spec))
    except ValueError:  # what vl_convert raises for a spec that it cannot read or draw
        return None


def main(fonts: str) -> None:
    """Answer every line."""
    vl_convert.register_font_directory(fonts)
    svg(WARMING_UP)
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(json.dumps(svg(line.decode())).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
