"""What the intake makes of notebooks that students really hand in."""

import copy
import json

import nbformat
import pytest

from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.classroom.intake import Quarantined, copy_handed_in, take_in
from cs_utils.grading.limits import LARGEST_FILE

LESSON = Lesson(ROOT, "02_convolution")
ANSWER = "def window_score(window, filt, bias):\n    return 42.0"


@pytest.fixture
def released():
    return nbformat.reads(LESSON.release.read_text(encoding="utf-8"), as_version=4)


@pytest.fixture
def submitted(released):
    """A submission in which window_score is answered."""
    notebook = copy.deepcopy(released)
    find(notebook, "window_score").source = ANSWER
    return notebook


def find(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def hand_in(notebook, tmp_path, encoding="utf-8"):
    path = tmp_path / "convolution.ipynb"
    path.write_bytes(json.dumps(notebook).encode(encoding))
    return path


def test_an_honest_submission_comes_through_as_it_is(submitted, released, tmp_path):
    intake = take_in(hand_in(submitted, tmp_path), released)
    assert intake.repairs == []
    assert [cell.source for cell in intake.notebook.cells] == [cell.source for cell in submitted.cells]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(submitted, released, tmp_path, encoding):
    assert take_in(hand_in(submitted, tmp_path, encoding), released).repairs == []


def test_of_copied_answers_the_last_that_says_anything_counts(submitted, released, tmp_path):
    index = submitted.cells.index(find(submitted, "window_score"))
    for source in (ANSWER.replace("42", "43"), find(released, "window_score").source, ""):
        twin = copy.deepcopy(submitted.cells[index])
        twin.source = source
        submitted.cells.insert(index + 1, twin)
    submitted.cells[index + 1], submitted.cells[index + 3] = submitted.cells[index + 3], submitted.cells[index + 1]
    intake = take_in(hand_in(submitted, tmp_path), released)
    assert find(intake.notebook, "window_score").source == ANSWER.replace("42", "43")
    assert "4 times" in intake.repairs[0]
    ids = [cell.metadata.nbgrader.grade_id for cell in intake.notebook.cells if "nbgrader" in cell.metadata]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("how", ["deleted", "edited", "moved", "unlocked"])
def test_test_cells_are_the_original_ones_whatever_happened_to_them(submitted, released, tmp_path, how):
    cell = find(submitted, "test_window_score")
    if how == "deleted":
        submitted.cells.remove(cell)
    elif how == "edited":
        cell.source = "1.0"
    elif how == "moved":
        submitted.cells.remove(cell)
        submitted.cells.insert(0, cell)
    else:
        cell.metadata.nbgrader.locked = False
        cell.metadata.nbgrader.points = 100
    intake = take_in(hand_in(submitted, tmp_path), released)
    position = [c.id for c in released.cells].index("test_window_score")
    assert intake.notebook.cells[position].source == find(released, "test_window_score").source
    assert find(intake.notebook, "test_window_score").metadata == find(released, "test_window_score").metadata
    assert find(intake.notebook, "window_score").source == ANSWER


@pytest.mark.parametrize("keep_ids", [True, False])
def test_an_answer_that_lost_its_metadata_is_found(submitted, released, tmp_path, keep_ids):
    for cell in submitted.cells:
        cell.metadata.clear()
        if not keep_ids:
            del cell["id"]
    intake = take_in(hand_in(submitted, tmp_path), released)
    assert find(intake.notebook, "window_score").source == ANSWER
    assert any("window_score" in repair for repair in intake.repairs)
    assert len(intake.notebook.cells) == len(released.cells)


def test_cells_of_the_student_s_own_stay_where_they_stood(submitted, released, tmp_path):
    index = submitted.cells.index(find(submitted, "window_score"))
    submitted.cells.insert(index, nbformat.v4.new_code_cell("import math"))
    cells = take_in(hand_in(submitted, tmp_path), released).notebook.cells
    sources = [cell.source for cell in cells]
    assert sources.index("import math") < sources.index(ANSWER)
    assert len(cells) == len(released.cells) + 1


def test_nothing_but_sources_is_taken_over(submitted, released, tmp_path):
    submitted.metadata["evil"] = "x"
    find(submitted, "window_score").metadata["tags"] = ["skip"]
    text = json.dumps(take_in(hand_in(submitted, tmp_path), released).notebook)
    assert "evil" not in text
    assert '"skip"' not in text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"\x80abc",
        b"[1, 2]",
        b'{"cells": 5}',
        b'{"worksheets": [{"cells": []}]}',
        b"[" * 200_000,
    ],
)
def test_what_is_no_notebook_is_quarantined_with_a_reason(released, tmp_path, data):
    path = tmp_path / "convolution.ipynb"
    path.write_bytes(data)
    with pytest.raises(Quarantined, match=r"convolution\.ipynb"):
        take_in(path, released)


@pytest.mark.parametrize(
    "cells", [[None], [5], [{"source": 7}], [{"cell_type": [], "metadata": 3, "source": [1]}], [{}]]
)
def test_nonsense_in_the_list_of_cells_counts_as_nothing(released, tmp_path, cells):
    notebook = take_in(hand_in({"cells": cells}, tmp_path), released).notebook
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in released.cells]


def test_a_missing_file_and_a_link_are_quarantined(submitted, released, tmp_path):
    with pytest.raises(Quarantined):
        take_in(tmp_path / "convolution.ipynb", released)
    real = hand_in(submitted, tmp_path)
    link = tmp_path / "link.ipynb"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this machine makes no symbolic links")
    with pytest.raises(Quarantined):
        take_in(link, released)


def test_only_the_files_that_are_allowed_come_along(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    for name in ("convnet.npz", "numpy.py", "timestamp.txt"):
        (tmp_path / "in" / name).write_text("x", encoding="utf-8")
    assert copy_handed_in(tmp_path / "in", tmp_path / "out", ["convnet.npz"]) == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["convnet.npz", "timestamp.txt"]


def test_a_file_that_is_too_large_or_no_file_is_left_out_and_told(tmp_path):
    (tmp_path / "convnet.npz").write_bytes(bytes(LARGEST_FILE + 1))
    (tmp_path / "timestamp.txt").mkdir()
    (tmp_path / "out").mkdir()
    told = copy_handed_in(tmp_path, tmp_path / "out", ["convnet.npz"])
    assert len(told) == 2
    assert not list((tmp_path / "out").iterdir())
