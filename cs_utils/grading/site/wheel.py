"""The wheel of `cs_utils` that students get: in the browser, on Binder, or anywhere without the repository."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cs_utils.grading.authoring.paths import ROOT


class Broken(RuntimeError):
    """The wheel could not be built; its text is what the builder says."""


def student_wheel(folder: Path, root: Path = ROOT) -> Path:
    """Build the wheel into `folder`, which is made if it is not there; return its path.

    What it leaves out stands in pyproject.toml, so that ``python -m build`` and pip make the same one. The builder is
    hatchling itself, from the instructor's pins: nothing is downloaded.

    Raises
    ------
    Broken
        If the builder refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", draft]
        built = subprocess.run(command, cwd=root, capture_output=True, text=True)
        wheels = list(Path(draft).glob("*.whl"))
        if built.returncode or len(wheels) != 1:
            raise Broken(f"the wheel of cs_utils was not built: {built.stderr.strip() or built.stdout.strip()}")
        wheel = folder / wheels[0].name
        os.replace(wheels[0], wheel)
    return wheel
