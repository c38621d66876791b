"""What every notebook that goes out must be: nothing hidden in it, nothing missing, easy to read."""

import nbformat
import pytest
from notebook_edits import cell_of, edit

from cs_utils.grading.authoring import lint


def _add_alt_less_picture(notebook):
    output = nbformat.v4.new_output("display_data", {"text/html": '<img src="x">'})
    next(c for c in notebook.cells if c.cell_type == "code").outputs.append(output)


@pytest.mark.parametrize(
    ("stage", "change"),
    [
        ("solution", _add_alt_less_picture),
        ("solution", lambda n: n.cells.append(nbformat.v4.new_markdown_cell("word " * 200))),
        ("solution", lambda n: n.cells.append(nbformat.v4.new_code_cell("x = 1\n" * 30))),
        ("solution", lambda n: n.cells.append(nbformat.v4.new_markdown_cell("| a | |\n|---|---|\n| 1 | 2 |"))),
        ("solution", lambda n: n.metadata.update(jupytext={"formats": "ipynb,py"})),
        ("release", lambda n: cell_of(n, "test_conv_layer").update(source='exam("conv_layer", conv_layer)')),
        ("release", lambda n: n.cells.append(nbformat.v4.new_markdown_cell("see cs_utils.grading"))),
        ("release", lambda n: n.cells.append(nbformat.v4.new_code_cell(""))),
        ("release", lambda n: cell_of(n, "conv_layer").metadata.nbgrader.pop("grade_id")),
        ("release", lambda n: cell_of(n, "conv_layer").metadata.nbgrader.update(grade_id="conv_batch")),
    ],
)
def test_lint_finds(lesson, stage, change):
    assert lint.problems(lesson) == []
    edit(getattr(lesson, stage), change)
    assert lint.problems(lesson)


@pytest.mark.parametrize("line", ["+ 4 = 7", "- 4 = -1", "* 4 = 12", "1. Then", "1) Then", "  + 4 = 7"])
def test_lint_finds_a_line_that_would_begin_a_list_in_a_paragraph(lesson, line):
    edit(lesson.solution, lambda n: n.cells.append(nbformat.v4.new_markdown_cell(f"- an item\n\nThree\n{line}")))
    [problem] = lint.problems(lesson)
    assert repr(line) in problem


@pytest.mark.parametrize(
    "text",
    [
        "- one\n- two\n  goes on\n- three",
        "**These two:**\n- one\n- two",
        "## Heading\n- one",
        "- one\n\n  goes on\n- two",
        "```\nx\n- y\n```\nand $$a\n+ b$$",
        "3\n-4, -1 and\n14. June\n*not* 1.5 or\n1.5",
        "word " * 110 + "\n\n| symbol | meaning |\n|---|---|\n" + "| $x$ | a word or two |\n" * 9,
    ],
)
def test_lint_accepts_lists_that_are_meant_and_tables_beside_the_text(lesson, text):
    edit(lesson.solution, lambda n: n.cells.append(nbformat.v4.new_markdown_cell(text)))
    assert lint.problems(lesson) == []


def test_lint_finds_an_answer_that_was_released(lesson):
    solution = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
    answer = cell_of(solution, "conv_layer").source
    edit(lesson.release, lambda notebook: cell_of(notebook, "conv_layer").update(source=answer))
    assert any("answer" in problem for problem in lint.problems(lesson))
