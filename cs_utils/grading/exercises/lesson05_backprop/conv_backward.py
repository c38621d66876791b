"""Lesson 05, conv_backward: the gradients of a convolution."""

from dataclasses import replace

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson05_backprop import LESSON
from cs_utils.grading.exercises.lesson05_backprop.shared import (
    FRAMED,
    NARROW,
    PLAIN,
    Layout,
    drawn_layout,
    fifths,
    framed_layouts,
    inner,
    options,
    padded,
    visible_cases,
    windows,
    without_options,
)
from cs_utils.grading.exercises.shared import draw
from cs_utils.grading.stubs import GRADIENTS


def conv_backward(dy, x, w, stride=1, pad=0):
    framed = padded(x, pad)
    dframed, dw, db = np.zeros(framed.shape), np.zeros(w.shape), np.zeros(w.shape[3])
    for place, window in windows(x.shape, len(w), stride, pad):
        for k, push in enumerate(dy[place]):
            dframed[window] += push * w[..., k]
            dw[..., k] += push * framed[window]
            db[k] += push
    return inner(dframed, pad), dw, db


def _case(rng, layout: Layout, dtype=np.float64) -> Case:
    arrays = {"dy": layout.output, "x": layout.shape, "w": layout.weights}
    return Case({k: draw(rng, dtype, *shape) for k, shape in arrays.items()} | options(layout))


def _plain(name: str):
    """Return the part's function: cases that judge one of the three gradients, with stride 1 and no padding."""

    def cases(rng):
        drawn = [_case(rng, layout) for layout in [*PLAIN, drawn_layout(rng, 1, 0)]]
        return [replace(case, judged=(name,)) for case in [*drawn, without_options(_case(rng, PLAIN[0]))]]

    return cases


def _any_layout(name: str):
    def cases(rng):
        drawn = [_case(rng, layout) for layout in framed_layouts(rng)] + [_case(rng, FRAMED[0], np.float32)]
        return [replace(case, judged=(name,)) for case in drawn]

    return cases


def _care(rng):
    return [_case(rng, FRAMED[0]), _case(rng, FRAMED[1], np.float32)]


def _visible(layout: Layout) -> Case:
    arrays = {"dy": (layout.output, 2), "x": (layout.shape, 5), "w": (layout.weights, 11)}
    return Case({k: fifths(*shape, start=start) for k, (shape, start) in arrays.items()} | options(layout))


CONV_BACKWARD = Exercise(
    name="conv_backward",
    lesson=LESSON,
    points=6,
    oracle=conv_backward,
    visible=visible_cases(
        _visible,
        [
            Layout((1, 3, 4, 1), 2, 1),
            Layout((2, 3, 4, 2), 2, 3, pad=1),
            Layout((1, 4, 7, 2), 3, 2, stride=3, pad=1),
            *NARROW,
        ],
    ),
    parts=[
        Part("dx, stride 1 and no padding", 1.25, _plain("dx")),
        Part("dw, stride 1 and no padding", 1.25, _plain("dw")),
        Part("db, stride 1 and no padding", 0.5, _plain("db")),
        Part("dx with padding, any stride", 1, _any_layout("dx")),
        Part("dw with padding, any stride", 1, _any_layout("dw")),
        Part("db with padding, any stride", 0.5, _any_layout("db")),
        Part("all three together, inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="6. Back through a convolution",
    next="dx has a shorter name",
    returns=("dx", "dw", "db"),
    stubs=GRADIENTS,
)
