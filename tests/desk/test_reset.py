"""`course.py reset`: one answer begins anew, everything else stays, and nothing is lost."""

import nbformat
import pytest
from notebook_edits import cell_of, edit

from cs_utils.desk import reset


def text_of(path, name):
    return cell_of(nbformat.read(path, as_version=4), name).source


def write_answer(path, name, text):
    edit(path, lambda notebook: cell_of(notebook, name).update(source=text))


def test_one_answer_is_as_released_and_the_others_stay(course, lesson02, capsys):
    write_answer(lesson02.notebook, "conv_layer", "def conv_layer(x, w, b):\n    return 'é'")
    write_answer(lesson02.notebook, "conv_batch", "mine")
    assert reset.main(["conv_layer"]) == 0
    assert text_of(lesson02.notebook, "conv_layer") == text_of(lesson02.original, "conv_layer")
    assert text_of(lesson02.notebook, "conv_batch") == "mine"
    (kept,) = (course / "kept").iterdir()
    assert kept.read_text(encoding="utf-8") == "def conv_layer(x, w, b):\n    return 'é'"
    assert str(kept) in capsys.readouterr().out


def test_outputs_of_the_answer_go_and_a_second_reset_keeps_both(course, lesson02):
    old = [nbformat.v4.new_output("stream", name="stdout", text="old")]
    edit(lesson02.notebook, lambda notebook: cell_of(notebook, "conv_layer").update(outputs=old))
    reset.main(["conv_layer"])
    reset.main(["conv_layer"])
    assert cell_of(nbformat.read(lesson02.notebook, as_version=4), "conv_layer").outputs == []
    assert len(list((course / "kept").iterdir())) == 2


def test_a_written_answer_can_be_reset_too(course, lesson02):
    write_answer(lesson02.notebook, "why_share_weights", "Because.")
    assert reset.main(["why_share_weights"]) == 0
    assert text_of(lesson02.notebook, "why_share_weights") == "Write your answer here."


@pytest.mark.parametrize("name", ["2", "02", "convolution", "02_convolution", "notebooks/02_convolution/"])
def test_a_whole_lesson_comes_back_even_where_the_notebook_is_damaged(course, lesson02, name):
    lesson02.notebook.write_bytes(b"{ half a noteb")
    assert reset.main([name]) == 0
    assert lesson02.notebook.read_bytes() == lesson02.original.read_bytes()
    (kept,) = (course / "kept").iterdir()
    assert kept.read_bytes() == b"{ half a noteb"


def test_a_lesson_that_was_deleted_comes_back(course, lesson02):
    lesson02.notebook.unlink()
    assert reset.main(["2"]) == 0
    assert lesson02.notebook.read_bytes() == lesson02.original.read_bytes()
    assert not (course / "kept").exists()


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"cells": 3}', b'{"cells": [3]}', b"\xff\xfe"])
def test_a_damaged_notebook_is_left_alone_and_the_way_out_is_told(course, lesson02, capsys, damage):
    lesson02.notebook.write_bytes(damage)
    assert reset.main(["conv_layer"]) == 1
    assert lesson02.notebook.read_bytes() == damage
    assert "reset 02_convolution" in capsys.readouterr().err


def test_an_unknown_name_and_a_cell_that_is_gone_are_named(course, lesson02, capsys):
    assert reset.main(["conv_leyer"]) == 1
    told = capsys.readouterr().err
    assert "conv_leyer" in told
    assert "conv_layer" in told, "the one that was meant"
    edit(lesson02.notebook, lambda notebook: notebook.update(cells=notebook.cells[:3]))
    assert reset.main(["conv_layer"]) == 1
    assert "conv_layer" in capsys.readouterr().err
    assert not (course / "kept").exists()


def test_where_nothing_was_published_it_says_what_to_do(course, lesson02, capsys):
    lesson02.original.unlink()
    before = lesson02.notebook.read_bytes()
    assert reset.main(["2"]) == 1
    assert "git restore" in capsys.readouterr().err
    assert lesson02.notebook.read_bytes() == before
