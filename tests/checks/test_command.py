"""`python course.py check`: damaged and odd notebooks get a sentence, and the next one is checked."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cs_utils.checks import __main__ as command
from cs_utils.checks import notebook
from cs_utils.checks.notebook import read_cells

RIGHT = "from cs_utils.checks import check\n\ndef flatten(images):\n    return images.reshape(len(images), -1)"


def code(source, grade_id=None, **more):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "metadata": metadata, "execution_count": None, "outputs": [], "source": source, **more}


def check_cell(name, **more):
    return code(f'check("{name}", {name})', f"check_{name}", **more)


def notebook_of(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def flatten_notebook(*more):
    """A notebook whose one exercise is right, and further cells."""
    return notebook_of(code(RIGHT), check_cell("flatten"), *more)


def checked(path, capsys):
    """Return the exit code and what was printed of a notebook."""
    result = command.main([str(path)])
    return result, capsys.readouterr().out


# Files that cannot be read


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b'{\n<<<<<<< HEAD\n "cells": [\n=======\n "cells": [\n>>>>>>> theirs\n', "<<<<<<<"),
        (b'{"cells": [', "JSON"),
        (b"PK\x03\x04\xff\xfe", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"cells": [], "size": ' + b"9" * 5000 + b"}", "JSON"),
        (b"[]", "cells"),
        (b'{"cells": {}}', "cells"),
        (b'{"cells": [1]}', "cells"),
        (b'{"worksheets": []}', "cells"),
    ],
)
def test_a_file_that_is_no_notebook_gets_a_sentence(tmp_path, capsys, content, word):
    path = write(tmp_path / "damaged.ipynb", content)
    result, out = checked(path, capsys)
    assert result == 1
    assert word in out
    assert "1 of 1 files could not be read" in out


def test_what_is_missing_or_a_folder_is_named_and_the_next_is_checked(tmp_path, capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(command, "run", lambda cells: seen.append(cells) or [])
    (tmp_path / "folder.ipynb").mkdir()
    good = write(tmp_path / "good [1] 100%.ipynb", flatten_notebook())
    assert command.main([str(tmp_path / "missing.ipynb"), str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "missing.ipynb\n  [FAIL] It cannot be read: No such file" in out
    assert "folder.ipynb\n  [FAIL]" in out
    assert str(good) in out
    assert len(seen) == 1


# Files that are odd and can be read all the same


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_notebook_is_read_in_any_encoding_of_unicode(tmp_path, encoding):
    text = json.dumps(notebook_of(code("print('Grüße')")), ensure_ascii=False)
    assert read_cells(write(tmp_path / "a.ipynb", text.encode(encoding)))[0].source == "print('Grüße')"


@pytest.mark.parametrize(
    "cell",
    [
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": ["a\n", "b"], "metadata": None},
        {"cell_type": "code", "source": None, "metadata": {"nbgrader": None}},
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": 7}}},
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": []}},
        {"cell_type": "strange", "source": {"a": 1}},
        {"cell_type": "code", "source": "# \ud83d", "metadata": {}},
    ],
)
def test_a_cell_with_odd_contents_is_read(tmp_path, cell):
    cells = read_cells(write(tmp_path / "odd.ipynb", notebook_of(cell, check_cell("flatten"))))
    assert [cell.checks for cell in cells] == ["", "flatten"]
    cells[0].source.encode()


def test_check_cells_without_their_names_are_known_by_what_they_call(tmp_path):
    path = write(
        tmp_path / "colab.ipynb", notebook_of(code(RIGHT), code('check("flatten", flatten)\n'), code("check("))
    )
    assert [cell.checks for cell in read_cells(path)] == ["", "flatten", ""]


def test_checkpoints_are_left_out_unless_they_are_named(tmp_path):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    old = write(tmp_path / ".ipynb_checkpoints" / "a-checkpoint.ipynb", notebook_of())
    new = write(tmp_path / "a.ipynb", notebook_of())
    assert command.find_notebooks([tmp_path]) == [new]
    assert command.find_notebooks([old]) == [old]


# Runs


def test_every_check_says_how_it_went(tmp_path, capsys):
    talkative = "def window_score(window, w):\n    print('x' * 3)\n    return (window * w).mean()"
    text = {"cell_type": "markdown", "metadata": {"nbgrader": {"grade_id": "check_softmax"}}, "source": "check"}
    path = write(
        tmp_path / "a.ipynb",
        flatten_notebook(
            code("# half an emoji: \ud83d"),
            code(talkative),
            check_cell("window_score"),
            check_cell("correlate2d"),
            text,
            code("1", "check_linear"),
            code("import os\nos._exit(0)\nconv_layer = None"),
            check_cell("conv_layer"),
        ),
    )
    before = path.read_bytes()
    result, out = checked(path, capsys)
    assert result == 1
    lines = {name: (verdict, rest) for verdict, name, rest in re.findall(r"^  \[(\w+)\] +(\w+)(.*)", out, re.M)}
    assert {name: verdict for name, (verdict, _) in lines.items()} == {
        "flatten": "OK",
        **dict.fromkeys(["window_score", "correlate2d", "softmax", "linear", "conv_layer"], "FAIL"),
    }
    assert "cases right" in lines["flatten"][1]
    assert "NameError" in lines["correlate2d"][1]
    assert "text" in lines["softmax"][1]
    assert "says nothing" in lines["linear"][1]
    assert "not reached" in lines["conv_layer"][1]
    assert "process ended" in out
    assert out.endswith("1 of 6 checks passed\n")
    assert path.read_bytes() == before


def test_what_no_check_needs_does_not_run(tmp_path, capsys):
    ends = code("import os\nos._exit(0)")
    path = write(tmp_path / "a.ipynb", notebook_of(ends, *flatten_notebook(ends)["cells"]))
    result, out = checked(path, capsys)
    assert result == 0
    assert out.endswith("1 of 1 checks passed\n")


def test_a_name_that_no_text_shows_is_found_in_the_whole_notebook(tmp_path, capsys):
    hidden = "exec('def flatten(images):\\n    return images.reshape(len(images), -1)')"
    path = write(
        tmp_path / "a.ipynb",
        notebook_of(code("from cs_utils.checks import check"), code(hidden), check_cell("flatten")),
    )
    assert checked(path, capsys)[0] == 0


def test_a_cell_that_does_not_end_is_interrupted_and_the_next_ones_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(notebook, "LIMIT", 2)
    endless = "def softmax(scores):\n    while True:\n        pass"
    sleeps = "import time\ntime.sleep(60)\nsoftmax = None"
    path = write(
        tmp_path / "a.ipynb",
        notebook_of(
            code(sleeps),
            *flatten_notebook(code(endless), check_cell("softmax"))["cells"],
        ),
    )
    result, out = checked(path, capsys)
    assert result == 1
    assert "2 s and was interrupted: import time" in out
    assert "[OK]   flatten" in out
    assert "[FAIL] softmax: it did not come to an end" in out
    assert out.endswith("1 of 2 checks passed\n")


def test_a_cell_that_does_not_react_ends_its_notebook_and_the_next_one_is_checked(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(notebook, "LIMIT", 2)
    monkeypatch.setattr(notebook, "GRACE", 1)
    stubborn = (
        "import time\nflatten = flatten\nwhile True:\n"
        "    try:\n        time.sleep(60)\n    except BaseException:\n        pass"
    )
    first = write(tmp_path / "1.ipynb", notebook_of(code(RIGHT), code(stubborn), check_cell("flatten")))
    second = write(tmp_path / "2.ipynb", flatten_notebook())
    assert command.main([str(first), str(second)]) == 1
    out = capsys.readouterr().out
    assert "2 s" in out
    assert "[FAIL] flatten: not reached" in out
    assert out.endswith("1 of 2 checks passed\n")


def test_a_notebook_without_checks_is_no_failure(tmp_path, capsys):
    result, out = checked(write(tmp_path / "notes.ipynb", notebook_of(code("1"))), capsys)
    assert result == 0
    assert "no check cells" in out


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_screen_that_lacks_a_letter_gets_another(tmp_path, encoding):
    write(tmp_path / "課.ipynb", b"")
    line = [sys.executable, "-m", "cs_utils.checks", str(tmp_path)]
    result = subprocess.run(line, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True)
    assert result.returncode == 1
    assert b"?.ipynb" in result.stdout
    assert result.stderr == b""


@pytest.mark.parametrize("name", ["2", "02", "convolution", "02_convolution"])
def test_a_lesson_may_be_named_by_its_number(tmp_path, monkeypatch, name):
    monkeypatch.setattr(command, "NOTEBOOKS", tmp_path)
    monkeypatch.chdir(tmp_path)
    for lesson in ("02_convolution", "04_pooling"):
        (tmp_path / lesson).mkdir()
        write(tmp_path / lesson / "a.ipynb", notebook_of())
    if name != "02_convolution":
        assert command.find_notebooks([Path(name)]) == [tmp_path / "02_convolution" / "a.ipynb"]
    monkeypatch.chdir("/")
    assert command.find_notebooks([Path(name)]) == [tmp_path / "02_convolution" / "a.ipynb"]
    assert command.find_notebooks([Path("9")]) == [Path("9")], "the message names what was asked for"
