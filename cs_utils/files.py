"""Files that are written whole or not at all, and arrays that are read without trusting who wrote them."""

import io
import json
import math
import os
import re
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

DRAFT = re.compile(r"\..*-[0-9a-f]{32}(\.[^.]*)?")  # the name of a file that is not whole yet
INFO = "info"  # the entry of an .npz file that holds the JSON text


@contextmanager
def replace_atomically(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path in the same folder; on success it becomes `path` in one step, on an error it is removed.

    Whoever reads `path` meanwhile gets the old file or the new one, never half of one.

    Parameters
    ----------
    path : str or path
        The file to write; its folder must exist.

    Yields
    ------
    pathlib.Path
        Where to write. It has the same suffix as `path` and does not exist yet.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}-{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_drafts(paths: Iterable[Path]) -> None:
    """Remove those of some files that `replace_atomically` left when it was killed. Nobody may be writing any."""
    for path in paths:
        if DRAFT.fullmatch(path.name):
            path.unlink(missing_ok=True)


def save_arrays(
    path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray], info: Mapping[str, Any] | None = None
) -> None:
    """Write arrays and a few facts about them to one `.npz` file, atomically.

    Parameters
    ----------
    path : str or path
        The file; an existing one is replaced.
    arrays : dict of str to ndarray
        Numbers, booleans or text; no objects.
    info : dict, optional
        Anything that JSON can hold; stored as text in the entry "info".

    Raises
    ------
    ValueError
        If an array holds objects, or is called "info".
    """
    entries = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in entries.items():
        if array.dtype.hasobject:
            raise ValueError(f"array {name!r} holds Python objects; only numbers, booleans and text can be saved")
        if name == INFO:
            raise ValueError(f"an array cannot be called {INFO!r}: that entry holds the JSON text")
    entries[INFO] = np.array(json.dumps(dict(info or {})))
    with replace_atomically(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, array in entries.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def load_arrays(
    path: str | os.PathLike[str], max_bytes: int = 256 * 2**20
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read what `save_arrays` wrote, or any `.npz` file of plain arrays, without trusting it.

    Nothing is unpickled, and no more than `max_bytes` are ever unpacked, whatever the file claims.

    Parameters
    ----------
    path : str or path
        The file.
    max_bytes : int
        The most that the file, and all its arrays together, may hold, in bytes.

    Returns
    -------
    arrays : dict of str to ndarray
    info : dict
        Empty if the file has no entry "info".

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, too large, or not a file of plain arrays.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    if not path.is_file():
        raise ValueError(f"{path} is not a file")
    if path.stat().st_size > max_bytes:
        raise ValueError(f"{path.name} has {path.stat().st_size:,} bytes; at most {max_bytes:,} are accepted")
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = _read_members(archive, max_bytes)
        info = json.loads(str(arrays.pop(INFO, "{}")))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a readable file of arrays (.npz): {error}") from error
    if not isinstance(info, dict):
        raise ValueError(f"{path.name}: its entry {INFO!r} should hold a JSON object, not {type(info).__name__}")
    return arrays, info


def _read_members(archive: zipfile.ZipFile, max_bytes: int) -> dict[str, np.ndarray]:
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total > max_bytes:
        raise ValueError(f"its arrays would take {total:,} bytes; at most {max_bytes:,} are accepted")
    return {member.filename.removesuffix(".npy"): _read_array(archive.read(member)) for member in members}


def _read_array(data: bytes) -> np.ndarray:
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are not loaded from files")
    # A header of a few bytes may claim any shape: compare before NumPy allocates that much memory.
    if math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise ValueError(f"an array of shape {shape} does not have the {len(data) - stream.tell():,} bytes found")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)
