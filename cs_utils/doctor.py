"""Says what works on this machine, and what to do about what does not: `python -m cs_utils.doctor`."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module, metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from cs_utils.system import replace_unprintable

if TYPE_CHECKING:  # it may be what is missing
    from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    `state` is "OK", "FAIL" (the course needs it) or "--" (it is missing, and the course runs without it).
    `remedy` says what to do; it is empty if all is well.
    """

    state: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{'[' + self.state.center(4) + ']':<7}{self.what}"
        return f"{line}\n         {self.remedy}" if self.remedy else line


def judge(works: bool, what: str, remedy: str, otherwise: str = "FAIL") -> Finding:
    """Return an OK if it works, else a finding in the state `otherwise` with its remedy."""
    return Finding("OK", what) if works else Finding(otherwise, what, remedy)


def python() -> Iterator[Finding]:
    version = sys.version.split()[0]
    remedy = "The course needs Python 3.11 or newer: python.org, your system's packages or conda."
    yield judge(sys.version_info >= (3, 11), f"Python {version} ({sys.executable})", remedy)


def packages() -> Iterator[Finding]:
    """Compare what is installed with the ranges in pyproject.toml."""
    from packaging.requirements import Requirement

    try:
        requirements = [Requirement(text) for text in metadata.requires("cs-utils") or []]
    except metadata.PackageNotFoundError:
        yield Finding("FAIL", "cs-utils is not installed", 'Run "python -m pip install -e ." in the course\'s folder.')
        return
    needed = [r for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
    wrong = [f"{r.name} {installed_version(r.name)}, needs {r.specifier}" for r in needed if not fits(r)]
    yield judge(
        not wrong,
        f"packages: {'; '.join(wrong) or f'all {len(needed)} in the range that the course is written for'}",
        'Run "python -m pip install -r requirements.txt" in this environment.',
    )
    if not is_instructors_copy():
        yield judge(
            util.find_spec("jupytext") is None,
            "no jupytext (it would open the notebooks in its own way)",
            "Take it out: python -m pip uninstall jupytext",
            otherwise="--",
        )


def installed_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def fits(requirement: "Requirement") -> bool:
    version = installed_version(requirement.name)
    return version != "missing" and requirement.specifier.contains(version, prereleases=True)


def processor() -> Iterator[Finding]:
    """Name the cores, and the library that multiplies matrices with its threads."""
    import numpy as np
    from threadpoolctl import threadpool_info

    from cs_utils.system import usable_cores

    cores = usable_cores()
    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    names = ", ".join(f"{p['internal_api']} {p['version']} on {p['num_threads']} thread(s)" for p in blas)
    yield Finding(
        "OK", f"{cores} core(s); NumPy {np.__version__} with {names or 'a BLAS that threadpoolctl cannot name'}"
    )


def data() -> Iterator[Finding]:
    """Look for each data set where the lessons would; nothing is downloaded."""
    from cs_utils import datasets

    for name in sorted(datasets.LOADERS.keys() - {"shapes10"}):  # that one is drawn, so it cannot be missing
        try:
            dataset = datasets.load_dataset(name, download=False)
        except datasets.DatasetUnavailable as reason:
            fetched = "python course.py data fetches it. " if name == "cifar10" else ""
            missing = f"{name}: no copy here; the lessons run on shapes10, which is drawn"
            yield Finding("--", missing, f"{fetched}{reason}")
        except ValueError as damage:
            yield Finding("FAIL", f"{name}: the copy is damaged", str(damage))
        else:
            yield Finding("OK", f"{dataset!r}")
    for variable in ("CIFAR10_DIR", "COURSE_DATASET"):
        if variable in os.environ:
            yield Finding("OK", f"{variable}={os.environ[variable]}")


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(ROOT).free / 1e9
    remedy = "The environment takes about 0.6 GB, CIFAR-10 0.4 GB: make some room."
    yield judge(free > 1, f"{free:.1f} GB free on the disk of {ROOT}", remedy, otherwise="--")


def jupyter() -> Iterator[Finding]:
    """Look for JupyterLab's kernel, nbgrader's Validate button and the course's settings where JupyterLab looks."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    try:
        kernel = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        kernel = "missing"
    yield judge(
        kernel != "missing" and shutil.which(kernel) is not None,
        f"notebook kernel python3: {kernel}",
        "Run: python -m ipykernel install --sys-prefix",
    )
    extensions = jupyter_path("labextensions", "@jupyter", "nbgrader")
    yield judge(
        any(Path(folder).is_dir() for folder in extensions),
        "nbgrader's Validate button in JupyterLab",
        "Run: python -m pip install --force-reinstall --no-deps nbgrader==0.9.6",
    )
    settings = [Path(folder, "labconfig", "page_config.json") for folder in jupyter_config_path()]
    yield judge(
        any(
            file.is_file() and "@jupyter/nbgrader:course-list" in file.read_text(encoding="utf-8") for file in settings
        ),
        "the course's settings of JupyterLab (no news, no menus that a student cannot use)",
        'Run "python -m pip install -e ." in the course\'s folder.',
        otherwise="--",
    )


def is_instructors_copy() -> bool:
    return (ROOT / "cs_utils" / "grading").is_dir()


def findings(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what `check` finds; a package that is missing or damaged is a finding as well, and the report goes on."""
    try:
        yield from check()
    except ImportError as error:
        yield Finding("FAIL", f"{check.__name__}: {error}", 'Run "python -m pip install -e ." in the course\'s folder.')


def main() -> int:
    """Print the report; return 1 if something fails that the course needs, else 0."""
    checks = [python, packages, processor, data, disk, jupyter]
    for path in sorted((ROOT / "cs_utils").glob("*/doctor.py")):  # an instructor's copy has more to check
        checks += import_module(f"cs_utils.{path.parent.name}.doctor").CHECKS
    failed = 0
    for check in checks:
        for finding in findings(check):
            print(finding, flush=True)
            failed += finding.state == "FAIL"
    print(f"\n{failed} thing(s) to put right." if failed else "\nThe course can run here.")
    return int(failed > 0)


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
