"""The course live in the browser: JupyterLite with Pyodide, the released notebooks as they are, `cs_utils` as a wheel.

It is a folder of files for any web server; nothing in it asks another host for anything.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cs_utils.datasets.download import cache_folder
from cs_utils.grading.authoring.paths import ROOT, lessons
from cs_utils.grading.site import pyodide
from cs_utils.grading.site.wheel import Broken, student_wheel

PINS = "requirements-live.txt"
HAND_IN = Path(__file__).with_name("hand_in")  # an extension of JupyterLab: the button that packs a lesson
README = ROOT / "docs" / "site" / "live.md"
KERNEL = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
FROM_PYPI = ("comm", "tabulate")  # wheels that Pyodide's release lacks, in the versions of requirements.txt
# Loaded at once when a kernel starts, not one after the other when they are asked for: the kernel's own, then ours.
AT_START = (
    *("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython"),
    *("numpy", "matplotlib", "threadpoolctl", "tabulate", "cs_utils"),
)


class NoLiveCourse(OSError):
    """The live course cannot be built; the message says what is in the way."""


def build(destination: Path, root: Path = ROOT) -> None:
    """Write the live course to `destination`, a folder that is new.

    Raises
    ------
    NoPyodide
        If there is no Pyodide, and it cannot be fetched.
    NoLiveCourse
        If JupyterLite is not here and cannot be installed, or refuses.
    """
    tools = _tools(root)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        contents = folder / "contents"
        for lesson in lessons(root):
            (contents / lesson.name).mkdir(parents=True)
            shutil.copyfile(lesson.release, contents / lesson.name / lesson.notebook)
        shutil.copyfile(README, contents / "README.md")
        (folder / "jupyter-lite.json").write_text(json.dumps(_settings()), encoding="utf-8")
        (folder / "overrides.json").write_text(json.dumps(_overrides(root)), encoding="utf-8")
        _run_jupyterlite(folder, destination, tools)
    put_python_into(destination / "static" / "pyodide", root)


def put_python_into(folder: Path, root: Path = ROOT) -> None:
    """Lay Pyodide in `folder`, with the wheels of the kernel and of the course beside its own, in one lock file.

    Raises
    ------
    NoPyodide
        If there is no Pyodide, and it cannot be fetched.
    NoLiveCourse
        If JupyterLite, whose kernel it is, is not here and cannot be installed, or the course's wheel cannot be built.
    """
    tools = _tools(root)
    packages = pyodide.put_into(folder)
    wheels = [*(tools / "wheels").glob("*.whl"), *(tools / KERNEL / "static" / "pypi").glob("*.whl")]
    with tempfile.TemporaryDirectory() as place:
        try:
            wheels.append(student_wheel(Path(place), root))
        except Broken as error:
            raise NoLiveCourse(str(error)) from None
        pyodide.write_lock(folder, packages, wheels)


def _settings() -> dict[str, Any]:
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": AT_START},
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "ConvNets from scratch",
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
        },
    }


def _overrides(root: Path) -> dict[str, Any]:
    """Return JupyterLab's settings: those of the course everywhere, and the button that hands in.

    All cells are in the page from the start, so that a link, or the browser's own search, finds the last one, too.
    """
    shared: dict[str, Any] = json.loads((root / "jupyter_config" / "overrides.json").read_text(encoding="utf-8"))
    notebook = "@jupyterlab/notebook-extension"
    button = {"name": "hand-in", "command": "convnets:hand-in", "rank": 40}
    ours = {f"{notebook}:panel": {"toolbar": [button]}, f"{notebook}:tracker": {"windowingMode": "defer"}}
    return {**shared, **ours}


def _run_jupyterlite(folder: Path, destination: Path, tools: Path) -> None:
    command = [
        *(sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(folder), "--output-dir"),
        *(str(destination.resolve()), "--contents", "contents", "--apps", "lab", "--no-sourcemaps"),
        "--ignore-sys-prefix",  # the extensions of this machine's JupyterLab
        *(f"--LiteBuildConfig.federated_extensions={extension}" for extension in (tools / KERNEL, HAND_IN)),
    ]
    variables = {**os.environ, "PYTHONPATH": str(tools)}
    ran = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    if ran.returncode:
        raise NoLiveCourse(f"JupyterLite could not be built:\n{(ran.stderr or ran.stdout).strip()[-2000:]}")


def _tools(root: Path) -> Path:
    """Return the folder that JupyterLite is installed in, once for each state of the pins; it is made if need be.

    It is no part of the course's environment: there its extension would turn up in JupyterLab.
    """
    pins = (root / PINS).read_text(encoding="utf-8")
    wheels = [_pin(root, name) for name in FROM_PYPI]
    state = hashlib.sha256("\n".join([pins, *wheels, sys.version]).encode()).hexdigest()[:16]
    folder = cache_folder() / f"live-{state}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    print("Installing JupyterLite, once ...", flush=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        draft = Path(place) / "tools"
        _pip("install", "--no-deps", "--target", str(draft), "-r", str(root / PINS))
        _pip("download", "--no-deps", "--only-binary=:all:", "--dest", str(draft / "wheels"), *wheels)
        try:
            draft.replace(folder)
        except OSError:
            if not folder.is_dir():  # another program was faster
                raise
    return folder


def _pin(root: Path, name: str) -> str:
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if re.match(rf"{name}==[\w.]+$", line))


def _pip(*arguments: str) -> None:
    ran = subprocess.run([sys.executable, "-m", "pip", *arguments, "--quiet"], capture_output=True, text=True)
    if ran.returncode:
        said = ran.stderr.strip().splitlines()[-1:] or ["no word"]
        raise NoLiveCourse(f"JupyterLite could not be installed ({PINS}): {said[0]}")
