"""A guess is typed into a cell of the lesson's own, which anybody may edit: nothing about it needs a repair."""

import json

import pytest
from handed_in import answered, code, index, released, take_in

from cs_utils.grading.authoring.paths import lessons
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


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_all_guesses_of_a_lesson_may_be_typed(lesson):
    submitted = answered(lesson)
    typed = [cell for cell in submitted.cells if "figures.guess(" in cell.source]
    for cell in typed:
        cell.source = cell.source.replace("mine=None", 'mine="a"')
    rebuilt = take_in(submitted, lesson)
    assert len(typed) >= 2
    assert rebuilt.repairs == []
    assert sum('mine="a"' in cell.source for cell in rebuilt.notebook.cells) == len(typed)
