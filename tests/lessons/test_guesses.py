"""The lessons' guesses: each is answered once, below, by one of its letters, and handed out without a guess."""

import ast

import jupytext
import pytest
from lesson_cells import LESSONS


def calls(source):
    """The calls of figures.guess and figures.answer in a cell: what is called, and its arguments."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("figures"), attr="guess" | "answer" as called)):
                yield called, node


@pytest.mark.parametrize("lesson", sorted(LESSONS.glob("*.py")), ids=lambda path: path.stem)
def test_every_guess_is_open_and_answered_below_by_one_of_its_letters(lesson):
    open_questions, answered = {}, []
    for cell in jupytext.read(lesson, fmt="py:percent").cells:
        for called, node in calls(cell.source) if cell.cell_type == "code" else ():
            name = ast.literal_eval(node.args[0])
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if called == "guess":
                assert name not in open_questions, name
                open_questions[name] = {key.value for key in node.args[2].keys}
                assert isinstance(given["mine"], ast.Constant), name
                assert given["mine"].value is None, name
            else:
                assert name in open_questions, name
                letters = {n.value for n in ast.walk(given.get("right", node.args[-1])) if isinstance(n, ast.Constant)}
                assert letters & open_questions[name], name
                answered.append(name)
    assert sorted(answered) == sorted(open_questions)
