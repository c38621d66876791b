"""What was there before a command changed it: kept in a folder of the copy, under a new name."""

import time
from pathlib import Path

from cs_utils.files import replace_atomically

KEPT = "kept"  # the folder


def keep(root: Path, name: str, content: str | bytes) -> Path:
    """Write what was there to a new file in the folder ``kept`` of a copy; return the file."""
    folder = root / KEPT
    folder.mkdir(exist_ok=True)
    stem, dot, suffix = name.rpartition(".")
    now = time.strftime("%Y-%m-%d_%H.%M.%S")
    path, number = folder / f"{stem}_{now}{dot}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}_{now}_{number}{dot}{suffix}"
    write(path, content)
    return path


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; half a character, as a cut emoji leaves it, is written as it is."""
    with replace_atomically(path) as draft:
        draft.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
