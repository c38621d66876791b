"""pyproject.toml, the pins and environment.yml name the same packages, and the Jupyter settings are whole."""

import ast
import importlib.util
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from traitlets.config import PyFileConfigLoader

import cs_utils
from cs_utils.grading.authoring.conda import environment

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# where conda-forge calls a package otherwise
CONDA_NAMES = {"build": "python-build", "playwright": "playwright-python"}


def ranges(texts: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(r.name): r for r in map(Requirement, texts)}


def pins(name: str) -> dict[str, Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return ranges([line for line in lines if line and not line.startswith(("#", "-r "))])


STUDENT = ranges(PROJECT["project"]["dependencies"])
DEV = ranges(PROJECT["project"]["optional-dependencies"]["dev"])
STUDENT_PINS, DEV_PINS = pins("requirements.txt"), pins("requirements-dev.txt")


@pytest.mark.parametrize(
    ("wanted", "pinned"), [(STUDENT, STUDENT_PINS), (DEV, {**STUDENT_PINS, **DEV_PINS})], ids=["student", "dev"]
)
def test_every_direct_dependency_is_pinned_within_its_range(
    wanted: dict[str, Requirement], pinned: dict[str, Requirement]
) -> None:
    assert wanted.keys() <= pinned.keys()
    for name, requirement in wanted.items():
        (specifier,) = pinned[name].specifier
        assert specifier.version in requirement.specifier, name


def test_pins_are_exact_and_name_each_package_once() -> None:
    assert not STUDENT_PINS.keys() & DEV_PINS.keys()
    for requirement in (*STUDENT_PINS.values(), *DEV_PINS.values()):
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), requirement
        assert requirement.url is None


@pytest.mark.parametrize("extra", ["", "dev"])
def test_everything_that_gets_installed_is_pinned(extra: str) -> None:
    pinned = STUDENT_PINS if not extra else {**STUDENT_PINS, **DEV_PINS}
    seen: set[str] = set()
    waiting = list(STUDENT.values()) + (list(DEV.values()) if extra else [])
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen:
            continue
        seen.add(name)
        for text in metadata.requires(name) or []:
            needed = Requirement(text)
            extras = {*requirement.extras, ""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(needed)
    assert seen - pinned.keys() == set()


def test_a_student_gets_no_jupytext_and_no_test_tools() -> None:
    assert not STUDENT_PINS.keys() & {"jupytext", "pytest", "nbval", "playwright"}


def conda_environment() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_environment_yml_has_the_same_ranges_and_installs_the_course_last() -> None:
    environment = conda_environment()
    *entries, last = environment["dependencies"]
    found = ranges([entry.replace(" ", "") for entry in entries])
    python = found.pop("python")
    assert python.specifier.contains("3.11")
    assert not python.specifier.contains("3.10")
    del found["pip"]
    assert last == {"pip": ["-e ."]}
    assert environment["channels"][0] == "conda-forge"
    expected = {CONDA_NAMES.get(name, name): r.specifier for name, r in {**STUDENT, **DEV}.items()}
    assert {name: r.specifier for name, r in found.items()} == expected


def test_environment_yml_is_what_the_build_would_write() -> None:
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == environment(for_instructor=True)


def test_the_version_is_that_of_the_package() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert metadata.version("cs-utils") == cs_utils.__version__


@pytest.mark.parametrize(("folder", "allowed"), [("students", STUDENT), ("grading", {**STUDENT, **DEV})])
def test_cs_utils_imports_only_what_it_declares(folder: str, allowed: dict[str, Requirement]) -> None:
    providers = metadata.packages_distributions()
    for file in (ROOT / "cs_utils").rglob("*.py"):
        if ("grading" in file.relative_to(ROOT).parts) != (folder == "grading"):
            continue
        for module in imported_modules(file) - sys.stdlib_module_names - {"cs_utils"}:
            names = {canonicalize_name(name) for name in providers.get(module, [module])}
            assert names & allowed.keys(), f"{file.name} imports {module}"


def imported_modules(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_jupyter_settings_are_whole_and_a_students_turn_off_more() -> None:
    files = list((ROOT / "jupyter_config").glob("*.json"))
    placed = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["jupyter-settings"]
    assert set(placed) == {file.name for file in files}
    settings = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in files}
    for file in (ROOT / "jupyter_config" / "students").glob("*.json"):
        students = json.loads(file.read_text(encoding="utf-8"))
        assert leaves(settings[file.name]) < leaves(students)


def leaves(tree: object, path: tuple[str, ...] = ()) -> set[tuple]:
    if isinstance(tree, dict):
        return {leaf for key, value in tree.items() for leaf in leaves(value, (*path, key))}
    return {(path, tree)}


def test_nbgrader_config_serves_the_instructor_and_a_student(tmp_path: Path) -> None:
    def load(folder: Path):
        return PyFileConfigLoader("nbgrader_config.py", str(folder)).load_config()

    instructor = load(ROOT)
    assert instructor.CourseDirectory.source_directory == "solutions"
    assert instructor.CourseDirectory.release_directory == "notebooks"
    assert instructor.GenerateFeedback.preprocessors[1].startswith("cs_utils.grading.")

    for name in ("nbgrader_config.py", "cs_utils/checks/limit.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    student = load(tmp_path)
    assert student.Execute.timeout == instructor.Execute.timeout
    assert "preprocessors" not in student.GenerateFeedback
    (tmp_path / "cs_utils" / "grading").mkdir()
    assert load(tmp_path).GenerateFeedback.preprocessors == instructor.GenerateFeedback.preprocessors
    made = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    assert made == {"nbgrader_config.py", "cs_utils"}, "reading the settings makes no folder"


def workflow_test() -> dict:
    return yaml.safe_load((ROOT / ".github" / "workflows" / "course.yml").read_text(encoding="utf-8"))["jobs"]["test"]


def test_the_workflow_runs_the_same_command_on_three_systems() -> None:
    job = workflow_test()
    assert {system.split("-")[0] for system in job["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}
    assert "python course.py test" in [step.get("run") for step in job["steps"]]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").endswith("\npython3 course.py test\n")


def test_the_workflow_runs_every_python_that_may_be_used() -> None:
    pythons = workflow_test()["strategy"]["matrix"]["python"]
    minors = [int(python.removeprefix("3.")) for python in pythons]
    assert minors == list(range(minors[0], minors[-1] + 1))
    required = SpecifierSet(PROJECT["project"]["requires-python"])
    assert pythons[0] in required
    named = [text.rpartition(" :: ")[2] for text in PROJECT["project"]["classifiers"] if " :: Python :: 3." in text]
    assert named == pythons
    assert f"3.{minors[0] - 1}" not in required
    (python,) = [text for text in conda_environment()["dependencies"] if str(text).startswith("python ")]
    range_of_conda = SpecifierSet(python.removeprefix("python "))
    assert pythons[-1] in range_of_conda
    assert f"3.{minors[-1] + 1}" not in range_of_conda


def test_the_workflow_of_the_website_builds_it_and_only_its_last_job_may_publish() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8"))
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    (command,) = [step["run"] for step in build["steps"] if "run" in step]
    assert re.fullmatch(r"python course\.py site (\w+)", command)
    (path,) = [step["with"]["path"] for step in build["steps"] if "pages-artifact" in step.get("uses", "")]
    assert command.endswith(f" {path}")
    assert workflow["permissions"] == {}
    assert build["permissions"] == {"contents": "read"}
    assert set(deploy["permissions"]) == {"pages", "id-token"}
    assert deploy["needs"] == "build"
    assert not any("run" in step for step in deploy["steps"])
    for step in (*build["steps"], *deploy["steps"]):
        assert "run" in step or re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"]), "pinned by its commit"
    (python,) = [step["with"]["python-version"] for step in build["steps"] if "setup-python" in step.get("uses", "")]
    assert python in workflow_test()["strategy"]["matrix"]["python"]


def test_the_container_for_editors_has_a_python_that_is_tested_and_calls_course_py() -> None:
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(re.sub(r"^\s*//.*", "", text, flags=re.MULTILINE))
    assert container["image"].rpartition(":")[2] in workflow_test()["strategy"]["matrix"]["python"]
    commands = re.findall(r"python course\.py (\w+)", text)
    assert commands
    assert set(commands) <= course_commands()
    kernel = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert kernel == "${containerWorkspaceFolder}/.venv/bin/python"


def course_commands() -> set[str]:
    (table,) = [
        node.value
        for node in ast.parse((ROOT / "course.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "COMMANDS"
    ]
    return {ast.literal_eval(key) for key in table.keys if key} if isinstance(table, ast.Dict) else set()


def test_binder_gets_a_students_pins_and_wheel_and_keeps_no_answer() -> None:
    folder = ROOT / "binder"
    python = (folder / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert python in workflow_test()["strategy"]["matrix"]["python"]
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (included,) = [line for line in lines if line and not line.startswith("#")]
    assert (folder / included.removeprefix("-r ")).resolve() == ROOT / "requirements.txt"
    script = (folder / "postBuild").read_text(encoding="utf-8")
    assert (folder / "postBuild").stat().st_mode & 0o111 or sys.platform == "win32"
    removed = {name for line in re.findall(r"^rm -r?f (.+)$", script, re.MULTILINE) for name in line.split()}
    assert {"lessons", "solutions", "cs_utils", "tests", "docs"} <= removed
    assert all((ROOT / name).exists() for name in removed - {"grading", "releases"})
    assert removed.isdisjoint({"notebooks", "requirements.txt", "binder"})
    for module in re.findall(r"python -m (cs_utils[.\w]*)", script):
        assert importlib.util.find_spec(module)


def test_the_citation_is_whole_and_has_no_version_of_its_own() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["license"] == PROJECT["project"]["license"]
    assert not {"version", "date-released"} & citation.keys()


def test_the_changes_are_of_this_version_or_of_the_next() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    versions = [heading.split()[0] for heading in headings if heading != "Unreleased"]
    assert versions[0] == cs_utils.__version__
    assert len(set(headings)) == len(headings)
