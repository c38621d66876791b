"""What the grader leaves out, and when it must not."""

import nbformat
import pytest

from cs_utils.grading.authoring.text import LessonError, read_lesson
from cs_utils.grading.spared_cells import LONG, SHOWN, needed_later, spared, undrawn


def notebook(*sources, long=()):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    for i in long:
        cells[i].metadata.tags = [LONG]
    return nbformat.v4.new_notebook(cells=cells)


RELEASED = ("def f(w):\n    raise NotImplementedError", "total = 0\nfor w in range(9):\n    total += f(w)", "print(1)")


def handed_in(*own, answer="def f(w):\n    return 2 * w"):
    released = notebook(*RELEASED, long=[1])
    theirs = notebook(answer, *RELEASED[1:], *own, long=[1])
    return spared(theirs, released).run


def test_a_long_cell_is_spared():
    assert handed_in() == {"cell-1"}
    assert handed_in("w = 3\nprint(w)") == {"cell-1"}, "their own name, like one of the cell's"


@pytest.mark.parametrize(
    "own", ["print(total)", "def g():\n    return total", "%timeit f(total)", "print(w)\ndef g(w): pass"]
)
def test_not_if_something_of_the_student_s_needs_it(own):
    assert handed_in(own) == set()


def test_not_if_the_student_changed_it():
    released = notebook(*RELEASED, long=[1])
    theirs = notebook(*RELEASED, long=[1])
    theirs.cells[1].source += "\nprint(total)"
    assert spared(theirs, released).run == set()


def test_a_lesson_that_needs_a_long_cell_s_names_is_refused():
    assert list(needed_later(notebook("a = 1", "b = a", "print(a)", long=[1]).cells)) == []
    (problem,) = needed_later(notebook("a = 1", "b = a", "print(b)", long=[1]).cells)
    assert "b" in problem
    assert list(needed_later(notebook("b = 1", "b = 2", "def f(b):\n    return b", long=[1]).cells)) == []


def test_the_marker():
    (cell,) = (c for c in _read("# %% varies long\nprint(1)\n").cells if c.cell_type == "code")
    assert cell.metadata.tags == ["nbval-ignore-output", LONG]
    with pytest.raises(LessonError):
        _read("# %% longer\nprint(1)\n")


def _read(text):
    return read_lesson(text, "00_none")


def test_pictures_are_drawn_where_somebody_looks():
    released = notebook("a = 1", "b = 2", "def f():\n    pass")
    released.cells[1].metadata.tags = [SHOWN]
    theirs = notebook("a = 1", "b = 2", "def f():\n    return 1", "print(4)")
    theirs.cells[1].metadata.tags = [SHOWN]
    assert spared(theirs, released).drawing == {"cell-0"}


def test_a_cell_is_run_without_the_picture_that_it_ends_with():
    assert undrawn("a = 1\nfigures.grid(\n    a,\n)  # seen by nobody") == "a = 1"
    assert undrawn("figures.grid(1)") == ""
    for source in ("a = figures.grid(1)", "figures.grid(1)\nprint(2)", "print(figures)", "", "x.figures.grid(1)"):
        assert undrawn(source) == source
