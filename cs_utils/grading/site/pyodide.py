"""Pyodide, Python for the browser: the files of its release that the course needs, checked, and its lock file.

They come from the folder that the environment variable PYODIDE_DIR names, else from the user's cache, to which the
official release's are fetched once, file by file: a fetch that was cut goes on with the file that it was cut in.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cs_utils.datasets.download import cache_folder

VERSION = "0.27.7"
RELEASE = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"  # as Pyodide's own manual names it
LOCK = "pyodide-lock.json"
# What every page with Pyodide needs; the sums are those of the files in its npm package, pyodide 0.27.7.
CORE = {
    LOCK: "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}
# Of its packages: what JupyterLite's kernel and cs_utils ask for. What those need is found in the lock file.
PACKAGES = ("ipython", "jedi", "matplotlib", "micropip", "numpy", "pillow", "sqlite3", "ssl", "threadpoolctl")


class NoPyodide(OSError):
    """A file of Pyodide is not here and cannot be fetched, or is damaged; the message says what to do."""


def put_into(folder: Path) -> dict[str, Any]:
    """Copy what the course needs of Pyodide into `folder`, each file checked; return its lock file's packages, by name.

    Raises
    ------
    NoPyodide
        If a file is missing or damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, sha256 in CORE.items():
        (folder / name).write_bytes(_read(name, sha256))
    packages: dict[str, Any] = json.loads((folder / LOCK).read_bytes())["packages"]
    needed = closure(packages, PACKAGES)
    for package in needed.values():
        (folder / package["file_name"]).write_bytes(_read(package["file_name"], package["sha256"]))
    return needed


def closure(packages: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return those of a lock file's packages that are named, and what they depend on."""
    found: dict[str, Any] = {}
    waiting = list(names)
    while waiting:
        name = canonical(waiting.pop())
        if name not in found:
            found[name] = packages[name]
            waiting += packages[name]["depends"]
    return found


def canonical(name: str) -> str:
    """Return a package's name as the lock file spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def write_lock(folder: Path, packages: dict[str, Any], wheels: Iterable[Path]) -> None:
    """Write the lock file anew: the packages that are in the folder, and wheels that are put beside them.

    A wheel's module is what it is called; what it needs is loaded by name, at the kernel's start.
    """
    lock = json.loads((folder / LOCK).read_bytes())
    lock["packages"] = dict(packages)
    for wheel in wheels:
        data = wheel.read_bytes()
        (folder / wheel.name).write_bytes(data)
        module, version = wheel.name.split("-")[:2]
        lock["packages"][canonical(module)] = {
            "name": canonical(module),
            "version": version,
            "file_name": wheel.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(data).hexdigest(),
            "package_type": "package",
            "imports": [module],
            "depends": [],
            "unvendored_tests": False,
        }
    (folder / LOCK).write_text(json.dumps(lock, sort_keys=True), encoding="utf-8")


def _read(name: str, sha256: str) -> bytes:
    given = os.environ.get("PYODIDE_DIR")
    path = Path(given) / name if given else _fetched(name, sha256)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoPyodide(f"{path} cannot be read: {error.strerror}. {_remedy()}") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NoPyodide(f"{path} is damaged, or not of Pyodide {VERSION}. {_remedy()}")
    return data


def _remedy() -> str:
    return (
        f"Let PYODIDE_DIR name a folder with the files of Pyodide {VERSION}, unpacked, or unset it: then they are "
        f"fetched, once, from {RELEASE}."
    )


def _fetched(name: str, sha256: str) -> Path:
    """Return a file in the cache, where pooch puts it, and checks it, if need be."""
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # forty lines otherwise
    try:
        return Path(pooch.retrieve(RELEASE + name, f"sha256:{sha256}", name, cache_folder() / f"pyodide-{VERSION}"))
    except (OSError, ValueError) as error:  # ValueError: it came, but is another file
        raise NoPyodide(
            f"{RELEASE + name} could not be fetched; what has arrived is kept. Where no network is, let PYODIDE_DIR "
            f"name a folder with the files of Pyodide {VERSION}, or build the pages alone, with --pages-only. "
            f"The reason was: {error}"
        ) from None
    finally:
        logger.setLevel(level)
