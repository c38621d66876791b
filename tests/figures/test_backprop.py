"""Chains of gradients, im2col and full correlations: the right numbers, and what is refused."""

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused, numbers
from scipy.signal import correlate2d

from cs_utils import figures

VALUES = [("x", (32, 32, 3)), ("maps", (32, 32, 12)), ("scores", (10,)), ("loss", ())]
STEPS = ["CONV", "FC", "SOFTMAX"]
PARAMETERS = {"CONV": [("w", (3, 3, 3, 12)), ("b", (12,))], "FC": [("w", (12288, 10)), ("b", (10,))]}


def test_graph_says_every_shape_and_the_gradients_in_their_order():
    picture = figures.computation_graph(VALUES, STEPS, PARAMETERS)
    for shape in ("32x32x3", "32x32x12", "3x3x3x12", "12288x10"):
        assert shape in picture.alt
    assert picture.alt.index("dscores") < picture.alt.index("dmaps") < picture.alt.index("dx")
    assert len(picture._repr_html_()) <= LARGEST


@pytest.mark.parametrize(("height", "width", "size", "row"), [(3, 4, 2, 1), (4, 3, 3, 1), (3, 3, 1, 8)])
def test_patches_say_the_window_and_the_outputs(height, width, size, row):
    rng = np.random.default_rng(5)
    x, w = (rng.integers(-4, 5, shape).astype(float) for shape in ((height, width), (size, size)))
    y = correlate2d(x, w, mode="valid")
    i, j = divmod(row, y.shape[1])
    picture = figures.patches_as_rows(x, w, row)
    window = picture.alt.split("numbers, ")[1].split(", are row")[0]
    assert numbers(window) == x[i : i + size, j : j + size].ravel().tolist()
    assert numbers(picture.alt.rsplit("gives", 1)[1]) == y.ravel().tolist()
    assert f"{y.size}x{size * size}" in picture.alt
    assert len(picture._repr_html_()) <= LARGEST


@pytest.mark.parametrize(("shape", "size", "place"), [((2, 3), 2, (1, 1)), ((3, 2), 3, (4, 0)), ((2, 2), 1, (0, 1))])
def test_full_correlation_is_the_gradient(shape, size, place):
    rng = np.random.default_rng(6)
    dy, w = (rng.integers(-4, 5, s).astype(float) for s in (shape, (size, size)))
    dx = np.zeros((shape[0] + size - 1, shape[1] + size - 1))
    for i, j in np.ndindex(shape):
        dx[i : i + size, j : j + size] += dy[i, j] * w
    picture = figures.full_correlation(dy, w, place)
    assert numbers(picture.alt.split("and dx, ")[1].split(": ")[1].split(". The")[0]) == dx.ravel().tolist()
    assert numbers(picture.alt.rsplit("entry", 1)[1])[0] == dx[place]
    assert len(picture._repr_html_()) <= LARGEST
    assert numbers(figures.full_correlation_steps(dy, w).alt.rsplit(": ", 1)[1]) == dx.ravel().tolist()


def test_full_correlation_steps_have_a_frame_for_each_pixel_and_stay_small():
    steps = figures.full_correlation_steps(np.array([[1.0, 0, 2], [-1, 3, 0]]), np.array([[1.0, 2], [3, 4]]))
    assert len(set(steps.frames)) == 12
    assert len(steps._repr_html_()) <= LARGEST


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.computation_graph(VALUES, STEPS[:2], PARAMETERS),
        lambda: figures.computation_graph(VALUES, ["CONV", "CONV", "FC"], PARAMETERS),
        lambda: figures.computation_graph(VALUES, STEPS, {"POOL": [("w", (2, 2))]}),
        lambda: figures.patches_as_rows(np.ones((3, 3)), np.ones((2, 2)), 4),
        lambda: figures.patches_as_rows(np.ones((3, 3)), np.ones((4, 4)), 0),
        lambda: figures.patches_as_rows(np.ones((3, 3, 1)), np.ones((2, 2)), 0),
        lambda: figures.full_correlation(np.ones((2, 3)), np.ones((2, 3)), (0, 0)),
        lambda: figures.full_correlation(np.ones((2, 3)), np.ones((2, 2)), (3, 0)),
        lambda: figures.full_correlation_steps(np.ones((5, 5)), np.ones((2, 2))),  # 36 frames
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
