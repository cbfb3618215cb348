"""Files that the user names, read whole, with one clear line where that is not possible."""

from __future__ import annotations

from pathlib import Path

from calculator.errors import InputError, clip


def read_file(path: str | Path, most_bytes: int, *, wanted: str, shorter: str) -> bytes:
    """Content of a file; InputError where it is a folder, missing, larger than `most_bytes` or unreadable.

    `wanted` says what to name instead of a folder or of nothing, `shorter` what to do with a larger file.
    """
    place, where = Path(path), clip(path, 200)
    try:
        if place.is_dir():
            raise InputError(f"{where}: is a folder; {wanted}")
        if place.stat().st_size > most_bytes:
            raise InputError(f"{where}: larger than {most_bytes // 1_000_000} MB; {shorter}")
        return place.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{where}: no such file; {wanted}") from None
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror})") from None
