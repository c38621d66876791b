"""A guess is typed into a cell of the lesson's own, which anybody may edit: nothing about it needs a repair."""

import json

import pytest
from handed_in import answered, code, index, released

from cs_utils.grading.classroom.intake.rebuild import rebuild

QUESTION = (
    'figures.guess(\n    "edge", "Which one?", {"a": "this", "b": "that"},\n    mine=None,  # write your letter\n)'
)


def with_question(notebook, source=QUESTION):
    """Lesson 02 with one more cell of its own, a question."""
    question = code(source)
    question.id = "a-question"
    notebook.cells.insert(index(notebook, "window_score"), question)
    return notebook


@pytest.mark.parametrize("typed", ['mine="b",', "mine='B'", 'mine="a', "mine=b, # that!"])
def test_a_guess_is_taken_over_and_nothing_is_said_of_it(typed):
    source = QUESTION.replace("mine=None,", typed)
    rebuilt = rebuild(json.dumps(with_question(answered(), source)).encode(), with_question(released()))
    assert rebuilt.repairs == []
    assert [cell.source for cell in rebuilt.notebook.cells if cell.id == "a-question"] == [source]
