"""`python -m build` gives a student's package: nothing of an instructor's is in it, and it needs nothing beside it."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import cs_utils
from cs_utils.grading.authoring.paths import lessons
from cs_utils.grading.authoring.publish import KEPT_BACK

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with what `python -m build` gives: an sdist, and a wheel that was made from that alone."""
    folder = tmp_path_factory.mktemp("dist")
    line = [sys.executable, "-P", "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(line, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0, result
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def package_files(names: list[str]) -> set[str]:
    """Those of some files' names that lie in cs_utils, from there on."""
    return {name.partition("cs_utils/")[2] for name in names if "cs_utils/" in name and not name.endswith("/")}


def test_what_is_for_instructors_is_kept_out_of_both(built: Path, wheel: Path) -> None:
    excluded = PROJECT["tool"]["hatch"]["build"]["exclude"]
    assert set(excluded) == {f"/cs_utils/{name}" for name in KEPT_BACK}, "as publish keeps it back"
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        for names in (zipfile.ZipFile(wheel).namelist(), archive.getnames()):
            assert not [name for name in names if {*KEPT_BACK, "tests", "lessons", "solutions"} & {*name.split("/")}]
            assert {"layers.py", "checks/check.py", "figures/net_page/net.js"} <= package_files(names)


def test_a_students_files_are_whole(wheel: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "cs_utils"], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {name.removeprefix("cs_utils/") for name in tracked.stdout.splitlines()}
    ours = {name for name in ours if name.split("/")[0] not in KEPT_BACK}
    originals = {f"desk/originals/{lesson.name}.ipynb" for lesson in lessons()}
    assert package_files(zipfile.ZipFile(wheel).namelist()) == ours | originals


def test_a_wheel_says_what_it_is_and_what_it_needs(unpacked: Path) -> None:
    (info,) = unpacked.glob("*.dist-info/METADATA")
    said = Parser().parsestr(info.read_text(encoding="utf-8"))
    assert said["Version"] == cs_utils.__version__
    assert said["Requires-Python"] == PROJECT["project"]["requires-python"]
    needed = [Requirement(text) for text in said.get_all("Requires-Dist") or []]
    assert {r.name for r in needed if r.marker is None} == {
        Requirement(text).name for text in PROJECT["project"]["dependencies"]
    }


def test_a_wheel_sets_jupyterlab_up_for_students(unpacked: Path) -> None:
    data = next(unpacked.glob("*.data")) / "data"
    for path in (ROOT / "jupyter_config" / "students").glob("*.json"):
        place = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["jupyter-settings"][path.name]
        assert (data / place).read_bytes() == path.read_bytes()


ALONE = """
import importlib, pkgutil, sys
sys.path = [path for path in sys.path if path != {root!r}]
sys.path.insert(0, {wheel!r})
import cs_utils
assert cs_utils.__file__.startswith({wheel!r}), cs_utils.__file__
for module in pkgutil.walk_packages(cs_utils.__path__, "cs_utils."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
assert not any(name.startswith("cs_utils.grading") for name in sys.modules)
import numpy as np
from cs_utils import checks
def window_score(window, filt, bias):
    return np.sum(window * filt) {ending}
checks.check("window_score", window_score)
"""


@pytest.mark.parametrize(("ending", "says"), [("+ bias", "window_score"), ("", "the bias")])
def test_it_works_where_nothing_else_of_the_course_is(unpacked: Path, ending: str, says: str) -> None:
    code = ALONE.format(root=str(ROOT), wheel=str(unpacked), ending=ending)
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    line = [sys.executable, "-P", "-c", code]
    result = subprocess.run(line, cwd=unpacked.parent, env=clean, capture_output=True, text=True, encoding="utf-8")
    if ending:
        assert result.returncode == 0, result
        assert says in result.stdout
    else:
        assert "CheckFailed" in result.stderr, result
        assert says in result.stderr


A_LEARNERS_DAY = """
import sys
sys.path = [path for path in sys.path if path != {root!r}]
sys.path.insert(0, {wheel!r})
import numpy as np
from cs_utils.checks import check, passed
from cs_utils.desk import reset, start, submit
check("window_score", lambda window, filt, bias: np.sum(window * filt) + bias)
print([reset.main(["2"]), start.main(), submit.main(["2", "--no-check"])], passed())
"""


def test_in_an_empty_folder_a_wheel_brings_lessons_and_keeps_what_passed(unpacked: Path, tmp_path: Path) -> None:
    code = A_LEARNERS_DAY.format(root=str(ROOT), wheel=str(unpacked))
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTEST_VERSION")}
    line = [sys.executable, "-P", "-c", code]
    result = subprocess.run(line, cwd=tmp_path, env=clean, capture_output=True, text=True, encoding="utf-8")
    assert result.stdout.endswith("[0, 0, 0] ['window_score']\n"), result
    lesson = lessons()[1]
    brought = tmp_path / "notebooks" / lesson.name / lesson.release.name
    assert brought.read_bytes() == lesson.release.read_bytes()
    assert (tmp_path / "START.md").read_text(encoding="utf-8").count("/0") >= len(lessons())
    assert {path.name for path in tmp_path.iterdir()} == {"START.md", "handed_in", "notebooks", "progress.json"}
    assert not (unpacked / "progress.json").exists()
