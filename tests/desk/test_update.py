"""`course.py update`: a corrected release comes in, and nothing that a student wrote is lost."""

import copy
import json
import shutil
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_utils.desk import update
from cs_utils.desk.merging import merge

ANSWER = {"nbgrader": {"grade_id": "softmax", "solution": True, "locked": False}}
CHECK = {"nbgrader": {"grade_id": "check_softmax", "solution": False, "locked": True}}


def cell(name, source, metadata=None):
    return {"cell_type": "code", "id": name, "source": source, "metadata": metadata or {}, "outputs": []}


def notebook(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


BASE = notebook(cell("text", "old text"), cell("softmax", "stub", ANSWER), cell("check", "check()", CHECK))


def changed(original, **sources):
    result = copy.deepcopy(original)
    for one in result["cells"]:
        one["source"] = sources.get(one["id"], one["source"])
    return result


def sources(merged):
    return [one["source"] for one in merged.notebook["cells"]]


def test_each_change_is_taken_from_whoever_made_it():
    merged = merge(BASE, changed(BASE, softmax="answer"), changed(BASE, text="new text", check="check(2)"))
    assert sources(merged) == ["new text", "answer", "check(2)"]
    assert merged.conflicts == []


def test_an_answer_stays_where_its_stub_has_changed_too_and_is_named():
    merged = merge(BASE, changed(BASE, softmax="answer"), changed(BASE, softmax="better stub"))
    assert sources(merged)[1] == "answer"
    assert "softmax" in merged.conflicts[0]


def test_a_given_cell_that_both_have_changed_is_the_lessons_and_is_named():
    merged = merge(BASE, changed(BASE, text="mine"), changed(BASE, text="theirs"))
    assert sources(merged)[0] == "theirs"
    assert "text" in merged.conflicts[0]


def test_cells_of_ones_own_stay_where_they_were():
    mine = changed(BASE, softmax="answer")
    mine["cells"].insert(0, cell("first", "my first"))
    mine["cells"].insert(3, cell("own", "my try"))
    theirs = changed(BASE, text="new text")
    theirs["cells"].insert(1, cell("added", "an example"))
    merged = merge(BASE, mine, theirs)
    assert sources(merged) == ["my first", "new text", "an example", "answer", "my try", "check()"]


def test_what_was_deleted_comes_back_only_where_it_is_needed():
    mine = notebook(BASE["cells"][1])
    assert sources(merge(BASE, mine, BASE)) == ["stub", "check()"]
    assert sources(merge(BASE, mine, changed(BASE, text="new text"))) == ["new text", "stub", "check()"]


def test_what_a_student_wrote_in_a_cell_that_is_gone_stays():
    merged = merge(BASE, changed(BASE, text="my notes"), notebook(*BASE["cells"][1:]))
    assert "my notes" in sources(merged)
    assert "text" in merged.conflicts[0]


@given(st.lists(st.tuples(*[st.sampled_from(["old", "mine", "theirs", None])] * 2), min_size=1, max_size=6), st.data())
def test_no_answer_and_no_own_cell_is_ever_lost(changes, data):
    """Whatever both do to a notebook, an answer that was written is in the result, and so is each own cell."""
    base = notebook(
        *(
            cell(f"c{i}", "old", ANSWER | {"nbgrader": {"grade_id": f"c{i}", "solution": True}})
            for i in range(len(changes))
        )
    )
    mine, theirs = (
        notebook(
            *(one | {"source": change[who]} for one, change in zip(base["cells"], changes) if change[who] is not None)
        )
        for who in (0, 1)
    )
    place = data.draw(st.integers(0, len(mine["cells"])))
    mine["cells"].insert(place, cell("own", "my own"))
    merged = merge(base, mine, theirs)
    found = sources(merged)
    assert found.count("my own") == 1
    assert found.count("mine") >= sum(change[0] == "mine" for change in changes)
    assert merge(theirs, merged.notebook, theirs).notebook["cells"] == merged.notebook["cells"]  # a second run


# the command, on a copy


@pytest.fixture
def newer(published, tmp_path):
    """A corrected release: another text in lesson 02, a file of the package gone and one that is new."""
    folder = tmp_path / "newer"
    shutil.copytree(published, folder)
    original = folder / "cs_utils" / "desk" / "originals" / "02_convolution.ipynb"
    original.write_text(original.read_text(encoding="utf-8").replace("# 02 · Convolution", "# 02 · Convolutions"))
    shutil.copyfile(original, folder / "notebooks" / "02_convolution" / "convolution.ipynb")
    (folder / "cs_utils" / "new_module.py").write_text("")
    (folder / "cs_utils" / "gradient_check.py").unlink()
    return folder


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_corrected_release_comes_in(course, lesson02, newer, tmp_path, form, capsys):
    answers = json.loads(lesson02.notebook.read_text(encoding="utf-8"))
    mine = next(one for one in answers["cells"] if one["id"] == "conv_layer")
    mine["source"] = "def conv_layer(x, w, b):\n    return 'é'"
    lesson02.notebook.write_text(json.dumps(answers), encoding="utf-8")
    before = lesson02.notebook.read_bytes()
    (course / "progress.json").write_text('{"passed": ["linear"]}')
    source = newer
    if form == "zip":
        source = tmp_path / "newer.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in newer.rglob("*"):
                archive.write(path, f"the course/{path.relative_to(newer)}")
    assert update.main([str(source)]) == 0
    text = lesson02.notebook.read_text(encoding="utf-8")
    assert "02 · Convolutions" in text
    assert "return 'é'" in text
    assert [path.read_bytes() for path in (course / "kept").glob("convolution*")] == [before]
    assert (course / "cs_utils" / "new_module.py").is_file()
    assert not (course / "cs_utils" / "gradient_check.py").exists()
    assert (course / "progress.json").read_text() == '{"passed": ["linear"]}'
    assert "Convolutions" in lesson02.original.read_text(encoding="utf-8")
    again = lesson02.notebook.read_bytes()
    assert update.main([str(source)]) == 0
    assert lesson02.notebook.read_bytes() == again


def test_an_unreadable_notebook_stops_it_before_anything_changes(course, lesson02, newer, capsys):
    lesson02.notebook.write_bytes(b"{")
    files = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    assert update.main([str(newer)]) == 1
    assert "reset 02_convolution" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == files


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "another zip"])
def test_what_is_no_copy_of_the_course_is_refused(course, tmp_path, what, capsys):
    place = tmp_path / "given"
    if what == "an empty folder":
        place.mkdir()
    elif what == "another zip":
        place.write_bytes(b"PK no zip")
    assert update.main([str(place)]) == 1
    assert capsys.readouterr().err.strip()
