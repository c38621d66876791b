"""The gradient through a deep stack: the numbers shown are those measured, and measuring again gives the same."""

import json

import numpy as np
import pytest

from cs_utils import figures
from cs_utils.figures.live.stack import FACTORS, FILE, gradient_sizes, typical
from tests.figures.live.reading import said

KINDS = {
    "plain": (False, False),
    "plain, batch norm": (False, True),
    "residual": (True, False),
    "residual, batch norm": (True, True),
}
KEPT = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", KINDS)
def test_measuring_again_gives_the_numbers_that_are_kept(name):
    skip, normed = KINDS[name]
    for i, factor in enumerate([1.0] if normed else FACTORS):
        if factor in (0.5, 1.0):
            assert typical(skip, normed, factor, 5) == KEPT[name]["5"][i]


@pytest.mark.parametrize("skip", [False, True])
def test_under_batch_norm_the_size_of_the_weights_cancels(skip):
    sizes = [gradient_sizes(skip, True, factor, 3, seed=1) for factor in (0.5, 1.0, 2.0)]
    np.testing.assert_allclose(sizes, [sizes[1]] * 3, rtol=1e-3)


def test_the_gradient_is_that_of_pushing_the_input():
    """For one block: the root mean square that is returned, against central differences of a stack written anew."""
    rng = np.random.default_rng(2)
    x = np.maximum(rng.normal(size=(4, 12, 12, 8)), 0)
    w1, w2 = rng.normal(0, np.sqrt(2 / 72), (1, 2, 3, 3, 8, 8))[0]
    dy = rng.normal(size=x.shape)

    def convolved(x, w):
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        return sum(padded[:, m : m + 12, n : n + 12] @ w[m, n] for m in range(3) for n in range(3))

    def loss(x):
        return np.sum(np.maximum(convolved(np.maximum(convolved(x, w1), 0), w2) + x, 0) * dy)

    samples = []
    for _ in range(300):
        direction = rng.normal(size=x.shape)
        samples.append((loss(x + 1e-6 * direction) - loss(x - 1e-6 * direction)) / 2e-6)
    # a random direction of variance 1 per number finds the gradient's norm as the spread of the slopes
    found = np.sqrt(np.mean(np.square(samples)) / x.size)
    assert found == pytest.approx(gradient_sizes(True, False, 1.0, 1, seed=2)[0], rel=0.15)


def shown(frame):
    rows = frame.locator("tbody tr").evaluate_all(
        "(rows) => rows.map((r) => [r.cells[0].textContent.trim(), r.cells[1].dataset.power])"
    )
    return {name: float(power) for name, power in rows}


def test_blocks_weights_and_place_are_chosen_by_keyboard(page, touch):
    frame = touch(figures.live_depth())
    assert shown(frame) == {name: curves["20"][0][0] for name, curves in KEPT.items()}
    frame.get_by_role("button", name="40").press("Enter")
    frame.get_by_role("slider").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    frame.get_by_label("plot").focus()
    for key in ("End", "ArrowLeft"):
        page.keyboard.press(key)
    at = FACTORS.index(0.7)
    expected = {name: (of["40"][at] if len(of["40"]) > 1 else of["40"][0])[38] for name, of in KEPT.items()}
    assert shown(frame) == expected
    assert "40 blocks, weights 0.7 times He's." in said(frame, "block 39")


def test_the_mouse_chooses_a_block(page, touch):
    frame = touch(figures.live_depth())
    box = frame.get_by_label("plot").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + 50)
    assert "block 20" in said(frame, "block 20")
    assert shown(frame)["plain"] == KEPT["plain"]["20"][0][19]


def test_small_and_large_numbers_are_written_as_people_write_them(touch):
    frame = touch(figures.live_depth())
    powers = [-12.72, -1.5, 0, 1.98, 3.07, 6.13, -3, 2.999]
    assert [frame.evaluate(f"written({power})") for power in powers] == [
        *("1.9 · 10⁻¹³", "0.032", "1", "95", "1,200", "1.3 · 10⁶", "10⁻³", "1,000"),
    ]
