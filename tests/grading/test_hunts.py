"""What lessons 05 and 06 say of themselves: the fault of each hunt, and the mistakes in the model answer."""

import re
from typing import Any

import nbformat
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


def test_lesson_06_gives_images_and_labels_orders_of_their_own():
    hunted_batch = given("06_cifar10_convnet", "hunted")["hunted_batch"]
    labels = np.arange(40, dtype=np.uint8)
    images = np.broadcast_to(labels[:, None, None, None], (40, 4, 4, 3)).copy()  # each image shows its label
    x, y = hunted_batch(images, labels, 40)
    assert sorted(x[:, 0, 0, 0]) == sorted(y) == list(labels)
    assert (x[:, 0, 0, 0] == y).mean() < 0.2


def test_the_model_answer_of_lesson_06_names_the_mistake_that_its_matrix_shows_most():
    (path,) = (ROOT / "solutions" / "06_cifar10_convnet").glob("*.ipynb")
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    shown = "".join(str(output) for cell in notebook.cells for output in cell.get("outputs", []))
    worst = re.search(r"most frequent mistake: (\w+) taken for (\w+)", shown)
    assert worst is not None
    (answer,) = [cell.source for cell in notebook.cells if "=== BEGIN MARK SCHEME ===" in cell.source]
    assert re.search(rf"takes {worst[1]}s for {worst[2]}s most often", answer)
