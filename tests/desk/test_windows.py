"""What differs on Windows, as far as that can be tried elsewhere: code pages, consoles, files that are in use."""

import os
import shutil
import subprocess
import sys

import pytest

from cs_utils.checks import __main__ as command
from cs_utils.desk import start, submit

# Output that is not a screen's is in the old code page there, and so is a file that is opened without an encoding.
CP1252 = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8", "PYTHONWARNDEFAULTENCODING": "1"}
COMMANDS = """
import sys, warnings
warnings.filterwarnings("error", category=EncodingWarning, module="cs_utils")
from cs_utils.system import replace_unprintable
replace_unprintable()
from cs_utils.desk import reset, start, submit, update
from cs_utils import doctor
codes = [start.main(), reset.main(["conv_layer"]), reset.main(["2"]), submit.main(["2", "--no-check"])]
codes += [update.main([sys.argv[1]]), doctor.main()]
print(codes)
from cs_utils.checks import check
check("window_score", lambda window, filt, bias: window)
"""


def test_a_students_commands_work_where_output_is_in_an_old_code_page(published, tmp_path):
    folder = tmp_path / "Übung → 1"  # the arrow is not in cp1252
    shutil.copytree(published, folder)
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTEST_VERSION")}
    line = [sys.executable, "-c", COMMANDS, str(published)]
    ran = subprocess.run(line, cwd=folder, env=variables | CP1252 | {"PYTHONPATH": str(folder)}, capture_output=True)
    told, problem = ran.stdout.decode("cp1252"), ran.stderr.decode("cp1252")
    assert "[0, 0, 0, 0, 0, 0]" in told, problem
    assert "Übung ? 1" in told
    assert "CheckFailed: window_score" in problem


@pytest.mark.parametrize("module", ["cs_utils.desk.start", "cs_utils.training", "cs_utils.play", "cs_utils.datasets"])
def test_a_command_prints_what_the_code_page_lacks_as_a_question_mark(published, tmp_path, module):
    code = f"""
import runpy, sys
sys.argv = ["it", "--help"]
try:
    runpy.run_module({module!r}, run_name="__main__")
except SystemExit:
    pass
print("mean \\N{{PLUS-MINUS SIGN}} deviation")
"""
    shutil.copytree(published / "cs_utils", tmp_path / "cs_utils")  # `start` writes its page beside it
    variables = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=variables, capture_output=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.decode("ascii").splitlines()[-1] == "mean ? deviation"


@pytest.mark.parametrize(
    ("platform", "variables", "coloured"),
    [
        ("linux", {}, True),
        ("linux", {"NO_COLOR": "1"}, False),
        ("win32", {}, False),  # cmd's old window would show the codes themselves
        ("win32", {"WT_SESSION": "1"}, True),  # Windows Terminal
        ("win32", {"TERM_PROGRAM": "vscode"}, True),
    ],
)
def test_colours_only_where_a_screen_shows_them(monkeypatch, capsys, platform, variables, coloured):
    for name in ("NO_COLOR", "WT_SESSION", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    command._print_indented(f"{command.GOOD} linear: 5 cases right")
    assert ("\033[32m" in capsys.readouterr().out) is coloured


def in_use(*_):
    raise PermissionError(13, "The process cannot access the file because it is being used by another process")


def test_a_file_in_use_stops_a_command_with_a_sentence(lesson02, monkeypatch, capsys):
    """Windows replaces no file that another program holds open."""
    monkeypatch.setattr(os, "replace", in_use)
    monkeypatch.setattr(start, "ROOT", lesson02.root)
    assert start.main() == 1
    assert submit.main(["2", "--no-check"]) == 1
    assert capsys.readouterr().err.count("being used by another process") == 2
    assert not list(lesson02.root.glob(".*-*")), "no half-written file is left"
