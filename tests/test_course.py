"""course.py, run as a newcomer runs it: in a fresh folder, with a fresh home."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
STUDENTS_FILES = [
    *("course.py", "pyproject.toml", "hatch_build.py", "requirements.txt", "environment.yml", "nbgrader_config.py"),
    "LICENSE",
]
NOWHERE = "http://127.0.0.1:9/simple"
OFFLINE = {
    **dict.fromkeys(["PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"], NOWHERE),
    **{"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_RETRIES": "0", "UV_HTTP_RETRIES": "0"},
}
OLD_PYTHONS = sorted(
    python
    for python in Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.*/bin/python")
    if 6 <= int(python.parts[-3].split(".")[1]) < 11
)


def students_copy(folder: Path) -> Path:
    """Write to `folder` what a student gets, as far as course.py is concerned."""
    folder.mkdir()
    for name in STUDENTS_FILES:
        shutil.copy(ROOT / name, folder)
    for name in ("cs_utils", "jupyter_config"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("grading", "__pycache__"))
    (folder / "notebooks").mkdir()
    return folder


def command(folder: Path, *arguments: str, **variables: str) -> tuple[list[str], dict[str, str]]:
    home = folder.parent / f"{folder.name}-home"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CIFAR10", "COURSE", "XDG"))}
    kept |= {"HOME": str(home), "USERPROFILE": str(home), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return [sys.executable, str(folder / "course.py"), *arguments], kept


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    line, environment = command(folder, *arguments, **variables)
    return subprocess.run(line, env=environment, cwd=folder, capture_output=True, text=True, encoding="utf-8")


def refused(result: subprocess.CompletedProcess) -> str:
    """Return the sentence with which course.py gave up; it gives up without a traceback."""
    assert result.returncode == 1, result
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a student's copy, set up by two calls at once."""
    folder = students_copy(tmp_path_factory.mktemp("installed") / "course [one] 100%")
    processes = []
    for arguments in (["doctor"], ["check", "--help"]):
        line, environment = command(folder, *arguments)
        processes.append(
            subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        )
    outputs = [process.communicate()[0] for process in processes]
    if any("no connection to the package index" in output for output in outputs):
        pytest.skip(f"no network: {outputs}")
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert sum("Installing" in output for output in outputs) == 1, "the second one waits and finds it done"
    return folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return students_copy(tmp_path / "course")


@pytest.fixture
def course() -> ModuleType:
    spec = importlib.util.spec_from_file_location("course", ROOT / "course.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- with nothing installed


def test_help_explains_each_command_and_installs_nothing(copy: Path) -> None:
    result = run(copy, "--help")
    assert result.returncode == 0
    listed = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("  ")]
    assert listed == ["lab", "check", "submit", "reset", "update", "data", "play", "doctor"], (
        "a student's copy has no grading and no tests"
    )
    assert not (copy / ".venv").exists()


def test_help_in_the_repository_lists_all_commands(course: ModuleType) -> None:
    assert set(course.offered()) == set(course.COMMANDS)


def test_unknown_command_is_refused(copy: Path) -> None:
    result = run(copy, "grade")
    assert result.returncode == 2
    assert "grade" in result.stdout
    assert not (copy / ".venv").exists()


@pytest.mark.skipif(not OLD_PYTHONS, reason="no older Python on this machine")
@pytest.mark.parametrize("python", OLD_PYTHONS, ids=lambda python: python.parts[-3])
def test_an_old_python_is_told_so(python: Path) -> None:
    result = subprocess.run([python, ROOT / "course.py", "lab"], capture_output=True)
    assert result.returncode == 1
    assert b"needs Python 3.11" in result.stderr
    assert b"Error" not in result.stderr


def test_an_old_python_can_read_the_file() -> None:
    ast.parse((ROOT / "course.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_python_without_venv_is_told_what_to_install(copy: Path) -> None:
    (copy / "without" / "sitecustomize.py").parent.mkdir()
    (copy / "without" / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    assert "venv" in refused(run(copy, "lab", PYTHONPATH=str(copy / "without")))


def test_without_network_a_cut_off_set_up_starts_over_and_says_what_is_missing(copy: Path) -> None:
    (copy / ".venv").mkdir()
    (copy / ".venv" / "half-installed").touch()
    (copy / ".venv.old").mkdir()
    (copy / ".venv.old" / "in-use").touch()  # could not be removed then
    (copy / ".venv" / "course.json").write_text(json.dumps({"home": str(copy.resolve()), "installed": None}))
    result = run(copy, "lab", **OFFLINE)
    assert "no connection to the package index" in refused(result)
    assert "starting over" in result.stdout
    assert not (copy / ".venv" / "half-installed").exists()
    assert not (copy / ".venv.old").exists()
    log = copy / ".venv" / "setup.log"
    assert str(log.resolve()) in result.stderr
    assert log.stat().st_size > 0


def test_a_venv_of_somebody_else_is_left_alone(copy: Path) -> None:
    (copy / ".venv").mkdir()
    (copy / ".venv" / "mine").touch()
    assert "did not make" in refused(run(copy, "lab"))
    assert [path.name for path in (copy / ".venv").iterdir()] == ["mine"]


def test_a_file_named_venv_is_named(copy: Path) -> None:
    (copy / ".venv").touch()
    assert "not a folder" in refused(run(copy, "lab"))


@pytest.mark.skipif(sys.platform == "win32", reason="holds the lock in the POSIX way")
def test_a_second_call_waits_for_the_first(copy: Path) -> None:
    import fcntl

    (copy / "without").mkdir()
    (copy / "without" / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    line, environment = command(copy, "lab", PYTHONPATH=str(copy / "without"))
    with (copy / ".venv.lock").open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert "waiting" in process.stdout.readline()
        time.sleep(1)
        assert process.poll() is None
    assert "venv" in process.communicate()[1]
    assert process.returncode == 1


# ---- set up once, for real


@pytest.mark.slow  # it makes .venv
def test_a_second_call_installs_nothing(installed: Path) -> None:
    log = installed / ".venv" / "setup.log"
    before = log.read_bytes()
    result = run(installed, "doctor", **OFFLINE)
    assert result.returncode == 0, result
    assert "Installing" not in result.stdout
    assert "[ OK ] packages" in result.stdout
    assert log.read_bytes() == before


def test_arguments_are_passed_on(installed: Path) -> None:
    result = run(installed, "check", "--help")
    assert result.returncode == 0
    assert "usage" in result.stdout
    assert re.fullmatch(r"4\.\d+\.\d+", run(installed, "lab", "--version").stdout.strip())


def test_jupyter_gets_the_courses_settings_and_no_jupytext(installed: Path) -> None:
    venv = installed / ".venv"
    for settings in ["etc/jupyter/labconfig/page_config.json", "share/jupyter/lab/settings/overrides.json"]:
        assert (venv / settings).is_file()
    assert not list(venv.rglob("site-packages/jupytext"))


def test_changed_pins_are_noticed_and_a_failed_update_spoils_nothing(installed: Path) -> None:
    pins = installed / "requirements.txt"
    text = pins.read_text(encoding="utf-8")
    pins.write_text(f"{text}# changed\n", encoding="utf-8")
    try:
        assert "no connection to the package index" in refused(run(installed, "doctor", **OFFLINE))
    finally:
        pins.write_text(text, encoding="utf-8")
    assert run(installed, "doctor", **OFFLINE).returncode == 0


@pytest.mark.parametrize(
    "fault",
    [
        "deleted",
        pytest.param(
            "dangling", marks=pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights")
        ),
    ],
)
def test_a_venv_whose_python_is_gone_is_named(installed: Path, fault: str) -> None:
    python = next((installed / ".venv").glob("[Sb][ci][rn]*/python*"))
    python = python.with_name("python.exe" if python.suffix == ".exe" else "python")
    aside = python.with_name("aside")
    python.rename(aside)
    try:
        if fault == "dangling":
            python.symlink_to(installed / "no-such-python")
        message = refused(run(installed, "doctor"))
    finally:
        python.unlink(missing_ok=True)
        aside.rename(python)
    assert "broken" in message
    assert str(installed.resolve() / ".venv") in message


def test_a_venv_that_came_from_another_folder_is_named(installed: Path) -> None:
    record = installed / ".venv" / "course.json"
    text = record.read_text(encoding="utf-8")
    record.write_text(json.dumps({**json.loads(text), "home": "/elsewhere"}), encoding="utf-8")
    try:
        assert "/elsewhere" in refused(run(installed, "doctor"))
    finally:
        record.write_text(text, encoding="utf-8")


# ---- its parts


def test_programs_find_the_venvs_commands_first_and_no_foreign_modules(
    course: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    variables = course.environment()
    assert "PYTHONPATH" not in variables
    assert variables["PATH"].split(os.pathsep)[0] == str(course.BIN)


def test_pip_installs_where_uv_cannot_be_had(
    course: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []

    def installer(line: list[str], lock: object, variables: dict[str, str]) -> bool:
        called.append(line)
        return course.UV not in line

    monkeypatch.setattr(course, "LOG", tmp_path / "setup.log")
    monkeypatch.setattr(course, "PYTHON", sys.executable)
    monkeypatch.setattr(course, "run_logged", installer)
    course.install(course.STUDENT, None)
    assert [course.STUDENT in line for line in called] == [False, True]
    assert called[1][1:4] == ["-m", "pip", "install"]


def test_pip_installs_where_uv_sends_the_packages_elsewhere(
    course: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(course, "LOG", tmp_path / "setup.log")
    monkeypatch.setattr(course, "PYTHON", sys.executable)
    monkeypatch.setattr(course, "run_logged", lambda line, *_: called.append(line) or True)
    monkeypatch.setattr(course, "is_alive", lambda: False)
    course.install(course.STUDENT, None)
    assert [line[2] for line in called] == ["pip", "uv", "pip"]


OUTSIDE = {
    **{"PIP_USER": "1", "PIP_TARGET": "/elsewhere", "PIP_REQUIRE_HASHES": "1", "PIP_NO_BINARY": ":all:"},
    **{"UV_PYTHON": "3.9", "UV_CONSTRAINT": "/none.txt", "UV_EXCLUDE_NEWER": "2020-01-01", "UV_SYSTEM_PYTHON": "1"},
}
NETWORK = {"PIP_PROXY": "http://proxy:8080", "UV_DEFAULT_INDEX": "http://index/simple", "UV_HTTP_TIMEOUT": "90"}


def test_the_installers_hear_of_outside_only_what_concerns_the_network(
    course: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = http://global/simple\nextra-index-url = http://one\n  http://two\nuser = true\n"
        "timeout = 7\n[install]\nindex-url = http://install/simple\nprefix = /elsewhere\nconstraint = none.txt\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(course, "PYTHON", sys.executable)
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    for name, value in {**OUTSIDE, **NETWORK, "PIP_CONFIG_FILE": str(config), "PIP_TIMEOUT": "8"}.items():
        monkeypatch.setenv(name, value)

    heard = course.installers_environment()
    assert heard.pop("PIP_EXTRA_INDEX_URL").split() == ["http://one", "http://two"]
    settings = {"PIP_INDEX_URL": "http://install/simple", "PIP_TIMEOUT": "8", "PIP_CONFIG_FILE": os.devnull}
    assert {**NETWORK, **settings}.items() <= heard.items()
    assert not {*OUTSIDE, "PIP_PREFIX", "PIP_CONSTRAINT"} & heard.keys()


def test_a_damaged_pip_conf_is_no_reason_to_stop(
    course: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.conf").write_text("index-url = without a section\n", encoding="utf-8")
    monkeypatch.setattr(course, "PYTHON", sys.executable)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert course.installers_environment()["PIP_CONFIG_FILE"] == os.devnull


def test_pip_in_a_notebook_installs_into_the_venv(course: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_USER", "1")
    line = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "pip"]
    result = subprocess.run(line, env=course.environment(), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("log", "remedy"),
    [
        ("OSError: [Errno 28] No space left on device", "disk"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...'))", "PIP_CERT"),
        ("WARNING: Retrying (Retry(total=0, ...)) after connection broken", "HTTPS_PROXY"),
        ("ERROR: something else", "something else"),
    ],
)
def test_why_packages_could_not_be_installed_is_said(
    course: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: str, remedy: str
) -> None:
    monkeypatch.setattr(course, "LOG", tmp_path / "setup.log")
    course.LOG.write_text(log, encoding="utf-8")
    assert remedy in course.why_not_installed()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_screen_that_lacks_a_letter_gets_another(copy: Path, encoding: str) -> None:
    other = copy.rename(copy.with_name("Kurs \N{CJK UNIFIED IDEOGRAPH-8AB2}"))
    (other / ".venv").touch()
    assert "not a folder" in refused(run(other, "lab", PYTHONIOENCODING=encoding))


def test_all_steps_run_and_one_failure_fails_the_whole(
    course: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    show = "import os; print(os.environ.get('CIFAR10_DIR'), os.environ.get('COURSE_DATASET'))"
    steps = {"lint": ["no_such_module"], "tests": ["timeit", "-n1", "-r1", show], "real-images": ["no_such_module"]}
    monkeypatch.setattr(course, "PYTHON", sys.executable)
    monkeypatch.setattr(course, "STEPS", {**steps, "notebooks": steps["tests"]})
    monkeypatch.setenv("CIFAR10_DIR", "/images")
    monkeypatch.delenv("COURSE_DATASET", raising=False)

    assert course.test(None) == 1
    output = capfd.readouterr().out
    assert "/images None" in output, "tests may use the real images"
    assert "None shapes10" in output, "the committed notebooks were executed on the stand-in"
    assert course.test("tests") == 0

    monkeypatch.delenv("CIFAR10_DIR")
    assert course.test("real-images") == 0
    assert "skipped" in capfd.readouterr().out
