"""environment.yml, written from the dependencies in pyproject.toml: the instructor's, and a student's with fewer."""

import re
import tomllib
from collections.abc import Iterator

from packaging.requirements import Requirement

from cs_utils.grading.authoring.paths import ROOT

# Where conda-forge calls a package otherwise than PyPI does.
NAMES = {
    **{"jupyter-client": "jupyter_client", "jupyter-core": "jupyter_core", "jupyter-server": "jupyter_server"},
    **{"build": "python-build", "playwright": "playwright-python"},
}
PYTHON = "<3.15"  # the newest that .github/workflows/course.yml names


def environment(for_instructor: bool) -> str:
    """Return the text of an environment.yml; a student's is without what an instructor and CI need on top.

    Above all without jupytext, which would replace a student's contents manager.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = ["# The course in a conda environment: conda env create -f environment.yml && conda activate convnets"]
    if for_instructor:
        lines.append("# Written by `python course.py build` from pyproject.toml; edits here are overwritten.")
    lines += ["name: convnets", "channels:", "  - conda-forge", "  - nodefaults", "dependencies:"]
    lines += [f"  - python {project['requires-python']},{PYTHON}", "  - pip", "  # what a student needs"]
    lines += _entries(project["dependencies"])
    if for_instructor:
        lines += ["  # what an instructor and CI need on top", *_entries(project["optional-dependencies"]["dev"])]
    lines += ["  # the course itself, from this folder", "  - pip:", "      - -e ."]
    return "\n".join(lines) + "\n"


def _entries(dependencies: list[str]) -> Iterator[str]:
    for text in dependencies:
        name = Requirement(text).name
        versions = re.sub(r"\[.*\]", "", text.removeprefix(name))  # conda knows no extras
        yield f"  - {NAMES.get(name, name)} {versions}"
