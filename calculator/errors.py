"""The one error that users see, and helpers to word it."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one line that names where, what and how to mend it. The command line prints it
    and exits with 2; the page shows it beside the form.
    """


def nearest_names(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The `count` known names most like `name`, best first; substring matches before look-alikes."""
    names = sorted(set(known))
    inside = [n for n in names if name and (name.lower() in n.lower() or n.lower() in name.lower())]
    alike = get_close_matches(name, names, n=count, cutoff=0.4)
    return list(dict.fromkeys(inside[:count] + alike))[:count]


def unknown_name(where: str, what: str, name: str, known: Iterable[str]) -> InputError:
    """An InputError for a name that is not in a list, with the nearest ones."""
    near = nearest_names(name, known)
    hint = f"did you mean {', '.join(near)}?" if near else "`llm-adoption assumptions list` shows what is known."
    return InputError(f"{where}: unknown {what} {clip(name)!r}; {hint}")


def clip(text: object, limit: int = 60) -> str:
    """`text` on one line, shortened, so that a message stays one line whatever it quotes."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
