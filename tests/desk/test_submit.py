"""`course.py submit`: one zip, which the intake takes, after a word about what is open."""

import os
import zipfile

import pytest
from notebook_edits import cell_of, edit

from cs_utils.desk import submit
from cs_utils.desk.copy import Lesson
from cs_utils.grading.authoring.paths import lessons
from cs_utils.grading.classroom.intake.collect import collect


def test_the_intake_takes_what_was_packed_for_each_lesson(course, tmp_path):
    net = Lesson(course, "06_cifar10_convnet").notebook.with_name("convnet.npz")
    net.write_bytes(b"a net")
    place = tmp_path / "class" / "ada"
    for lesson in lessons():
        assert submit.main([lesson.name, "--no-check", "--to", str(place)]) == 0
    found, problems = collect(tmp_path / "class", lessons())
    assert problems == []
    assert [(one.student, one.lesson, one.problem) for one in found] == [
        ("ada", lesson.name, "") for lesson in lessons()
    ]
    assert {one.lesson: one.files for one in found if one.files} == {"06_cifar10_convnet": {"convnet.npz": b"a net"}}


def test_it_says_what_is_open_and_packs_all_the_same(course, lesson02, capsys):
    answer = "def window_score(window, filt, bias):\n    return (window * filt).sum() + bias"
    edit(lesson02.notebook, lambda notebook: cell_of(notebook, "window_score").update(source=answer))
    before = dict(os.environ)
    assert submit.main(["2"]) == 0
    assert dict(os.environ) == before  # what tells a notebook that it is validated is for its kernel alone
    out = capsys.readouterr().out
    assert "[OK]   window_score" in out
    assert "[OPEN] conv_layer: not written yet" in out
    assert "[OPEN] why_share_weights" in out
    assert "Done: 1 of 15 points" in out
    assert "conv_layer (3)" in out.split("Open: ")[1]
    with zipfile.ZipFile(course / "handed_in" / "02_convolution.zip") as archive:
        assert archive.read("02_convolution/convolution.ipynb") == lesson02.notebook.read_bytes()


def test_a_net_that_is_missing_is_named(course, capsys, monkeypatch):
    monkeypatch.setattr("cs_utils.checks.__main__.run", lambda cells: [])
    assert submit.main(["6"]) == 0
    out = capsys.readouterr().out
    assert "[OPEN] trained_net: convnet.npz" in out
    assert "trained_net (3)" in out.split("Open: ")[1]
    Lesson(course, "06_cifar10_convnet").notebook.with_name("convnet.npz").write_bytes(b"a net")
    submit.main(["6"])
    assert "trained_net" not in capsys.readouterr().out


def test_without_checking_a_missing_net_is_named_too(course, capsys):
    assert submit.main(["6", "--no-check"]) == 0
    assert "Without convnet.npz" in capsys.readouterr().out
    assert submit.main(["2", "--no-check"]) == 0
    assert "Without" not in capsys.readouterr().out


@pytest.mark.parametrize("damage", [b"", b"[]", b"PK\x03\x04"])
def test_a_notebook_that_nobody_could_read_is_not_packed(course, lesson02, capsys, damage):
    lesson02.notebook.write_bytes(damage)
    assert submit.main(["2"]) == 1
    assert str(lesson02.notebook) in capsys.readouterr().err
    assert not (course / "handed_in").exists()


def test_a_notebook_under_another_name_is_named(course, lesson02, capsys):
    lesson02.notebook.rename(lesson02.notebook.with_name("convolution (1).ipynb"))
    assert submit.main(["2"]) == 1
    assert "convolution (1).ipynb" in capsys.readouterr().err


def test_an_unknown_lesson_is_told_which_there_are(course, capsys):
    assert submit.main(["8"]) == 1
    assert "07_deeper_networks" in capsys.readouterr().err
