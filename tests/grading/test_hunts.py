"""The hunts of lessons 05 and 06: the given function has just the fault that the folded answer tells."""

from typing import Any

import numpy as np

from cs_utils import layers
from cs_utils.gradient_check import compare, numerical_gradient
from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.authoring.text import read_lesson


def given(lesson: str, name: str) -> dict[str, Any]:
    """What the given cell of a lesson defines."""
    notebook = read_lesson((ROOT / "lessons" / f"{lesson}.py").read_text(encoding="utf-8"), lesson)
    (source,) = [cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
    names: dict[str, Any] = {"np": np, "layers": layers}
    exec(source, names)
    return names


def test_lesson_05_loses_the_share_of_the_shortcut_alone():
    names = given("05_backprop", "hunted")
    forward, backward = names["hunted"], names["hunted_backward"]
    rng = np.random.default_rng(8)
    x, w1, w2, dy = (rng.normal(size=shape) for shape in ((5, 3), (3, 6), (6, 3), (5, 3)))
    dx, dw1, dw2 = backward(dy, x, w1, w2)
    assert compare(dw1, lambda w1: forward(x, w1, w2), w1, dy)
    assert compare(dw2, lambda w2: forward(x, w1, w2), w2, dy)
    assert not compare(dx, lambda x: forward(x, w1, w2), x, dy)
    np.testing.assert_allclose(numerical_gradient(lambda x: forward(x, w1, w2), x, dy) - dx, dy, atol=1e-8)
