"""A graph one node at a time: its values and gradients are those of numerical differentiation."""

import numpy as np
import pytest

from cs_utils import figures
from cs_utils.gradient_check import numerical_gradient
from tests.figures.live.reading import said

FORMULAS = {"u": "a + b", "v": "a · b", "L": "u · v"}
INPUTS = {"a": 2.0, "b": 3.0}
OTHERS = {
    "branching": (FORMULAS, INPUTS, lambda a, b: (a + b) * a * b),
    "square": ({"u": "w · x + b", "L": "u · u"}, {"x": 2, "w": 3, "b": 1}, lambda x, w, b: (w * x + b) ** 2),
    "relu": (
        {"u": "w · x", "r": "max(0, u + b)", "L": "r · x"},
        {"x": 2, "w": 0.5, "b": 1},
        lambda x, w, b: max(0, w * x + b) * x,
    ),
    "stopped": ({"r": "max(0, a · b)", "L": "r · a"}, {"a": 2, "b": -3}, lambda a, b: max(0, a * b) * a),
}


def shown(frame, what):
    """By name, what the nodes show: "value" or "gradient"."""
    found = frame.locator("svg g").evaluate_all(
        "(all, what) => all.map((g) => [g.dataset.name, g.dataset[what]])", what
    )
    return {name: float(value) for name, value in found if value is not None}


@pytest.mark.parametrize("name", OTHERS)
def test_all_gradients_are_those_of_pushing_the_inputs_and_the_still_says_the_same(touch, name):
    formulas, inputs, function = OTHERS[name]
    picture = figures.live_graph(formulas, inputs)
    frame = touch(picture)
    frame.get_by_role("button", name="end").click()
    point = np.array(list(inputs.values()), float)
    expected = numerical_gradient(lambda v: np.array(function(*v)), point, np.ones(()))
    gradients = shown(frame, "gradient")
    np.testing.assert_allclose([gradients[i] for i in inputs], expected, atol=1e-6)
    assert shown(frame, "value")["L"] == pytest.approx(function(*inputs.values()))
    assert f"the gradients are {', '.join(f'{n} {gradients[n]:g}' for n in [*inputs, *formulas])}." in picture.alt


def test_arrow_keys_take_one_node_at_a_time(page, touch):
    frame = touch(figures.live_graph(FORMULAS, INPUTS))
    assert shown(frame, "value") == INPUTS
    frame.locator("svg").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert "Forward: u = a + b = 2 + 3 = 5." in said(frame, "Step 1 of 7")
    assert shown(frame, "value") == INPUTS | {"u": 5}
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    told = said(frame, "Step 6 of 7")
    assert "Back from v, whose gradient is 5, to a: 5 · 3 = 15; to b: 5 · 2 = 10." in told
    assert shown(frame, "gradient") == {"L": 1, "u": 6, "v": 5, "a": 15, "b": 10}
    page.keyboard.press("ArrowRight")
    assert "to a: 6 · 1 = 6, and they add up: da = 21" in said(frame, "Step 7 of 7")
    page.keyboard.press("Home")
    assert shown(frame, "gradient") == {}


def test_an_input_that_is_changed_changes_all(page, touch):
    frame = touch(figures.live_graph(FORMULAS, INPUTS))
    frame.get_by_role("button", name="end").click()
    frame.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowLeft")
    assert shown(frame, "value")["L"] == (1.5 + 3) * 1.5 * 3
    assert shown(frame, "gradient")["b"] == 1.5 * 1.5 + 2 * 1.5 * 3


@pytest.mark.parametrize(
    ("formulas", "inputs"),
    [({}, {"a": 1}), ({"u": "a / b"}, {"a": 1, "b": 2}), ({"u": "a + c"}, {"a": 1}), ({"u": "2 · a"}, {"a": 1})],
)
def test_what_cannot_be_computed_is_refused(formulas, inputs):
    with pytest.raises(ValueError):
        figures.live_graph(formulas, inputs)
