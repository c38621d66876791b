"""MathJax for the formulas, from its npm package: one file, so that a page asks no other host for anything.

It is fetched once into the user's cache by npm itself, checked, and copied from there.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from cs_utils.datasets.download import cache_folder
from cs_utils.files import replace_atomically

VERSION = "3.2.2"
ARCHIVE = f"mathjax-{VERSION}.tgz"
SHA256 = "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09"
NAME = "tex-svg-full.js"  # all of TeX's extensions and no font files: nothing is loaded later
MEMBER = f"package/es5/{NAME}"


class NoMathJax(OSError):
    """MathJax is not here and cannot be fetched; the message says what to do."""


def put_into(folder: Path) -> None:
    """Write MathJax's one file into `folder`.

    Raises
    ------
    NoMathJax
        If it is not in the cache and npm is missing or cannot fetch it.
    """
    archive = _archive()
    with tarfile.open(archive, "r:gz") as tar:
        source = tar.extractfile(MEMBER)
        if source is None:
            raise NoMathJax(f"{archive} holds no {MEMBER}; delete it and build again")
        with replace_atomically(folder / NAME) as draft, open(draft, "wb") as target:
            shutil.copyfileobj(source, target)


def is_at_hand() -> bool:
    """Whether MathJax is in the cache, or npm is here to fetch it."""
    return (cache_folder() / ARCHIVE).is_file() or shutil.which("npm") is not None


def _archive() -> Path:
    """Return the package's archive in the cache, where npm puts it if need be."""
    path = cache_folder() / ARCHIVE
    if path.is_file() and _is_right(path):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _fetch(Path(folder))
        fetched = Path(folder) / ARCHIVE
        if not _is_right(fetched):
            raise NoMathJax(f"What npm fetched as mathjax {VERSION} does not have the checksum {SHA256}. {_by_hand()}")
        fetched.replace(path)
    return path


def _is_right(path: Path) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() == SHA256


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NoMathJax(f"Formulas need MathJax {VERSION}, which npm fetches once; npm is not here. {_by_hand()}")
    command = [npm, "pack", f"mathjax@{VERSION}", "--silent"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if result.returncode or not (folder / ARCHIVE).is_file():
        raise NoMathJax(
            f"npm could not fetch MathJax {VERSION}. {_by_hand()}\nnpm says: {result.stderr.strip()[-500:]}"
        )


def _by_hand() -> str:
    return (
        f"Install Node.js (it brings npm), or run `npm pack mathjax@{VERSION}` on another machine and put {ARCHIVE} "
        f"into {cache_folder()}."
    )
