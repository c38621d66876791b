"""Lesson 06, init_parameters: the net's first parameters, of the right shape and spread."""

from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson06_cifar10_convnet import LESSON


def init_parameters(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    height, width, depth = input_shape
    fan_in = 3 * 3 * depth
    flat = (height // 2) * (width // 2) * filters
    rng = np.random.default_rng(seed)
    return {
        "w_conv": rng.normal(0, np.sqrt(2 / fan_in), (3, 3, depth, filters)).astype(np.float32),
        "b_conv": np.zeros(filters, np.float32),
        "w_fc": rng.normal(0, 0.01, (flat, classes)).astype(np.float32),
        "b_fc": np.zeros(classes, np.float32),
    }


def _sizes(input_shape: tuple[int, int, int], filters: int, classes: int, seed: int) -> dict[str, Any]:
    return {"input_shape": input_shape, "filters": filters, "classes": classes, "seed": seed}


def _large_draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return sizes with over 6,000 numbers per weight array: chance moves their spread by 1 %, never by 6 %."""
    height, width = rng.permutation([6, 8, 12])[:2]
    depth, filters, seed = int(rng.integers(14, 20)), int(rng.integers(52, 72)), int(rng.integers(999))
    return _sizes((int(height), int(width), depth), filters, 12, seed)


def _shape_cases(rng: np.random.Generator) -> list[Case]:
    return [Case({}, view="parameter_shapes"), Case(_large_draw(rng), view="parameter_shapes")]


def _spread_cases(rng: np.random.Generator) -> list[Case]:
    return [Case(_large_draw(rng), view="parameter_statistics", tolerance=0.06) for _ in range(2)]


def _same_seed_and_another(seed: int) -> Case:
    """Return a case of three calls: the second with the first one's seed, the third with another."""
    return Case(_sizes((6, 4, 3), 5, 3, seed), view="follows_its_seed", then=({"seed": seed}, {"seed": seed + 1}))


def _seed_cases(rng: np.random.Generator) -> list[Case]:
    return [*_shape_cases(rng), *(_same_seed_and_another(int(seed)) for seed in (0, rng.integers(1, 999)))]


INIT_PARAMETERS = Exercise(
    name="init_parameters",
    lesson=LESSON,
    points=2,
    oracle=init_parameters,
    visible=[
        Case({}, view="parameter_shapes"),
        # 36 channels: C, 3 * C, 3 * 3 + C and a cube root give no spread near that of 27, the fan_in of colour images.
        Case(_sizes((8, 6, 36), 20, 26, 0), view="parameter_statistics", tolerance=0.06),
        _same_seed_and_another(0),  # an answer that knows these two seeds alone is not one that ignores the seed
        _same_seed_and_another(1),
    ],
    parts=[
        Part("the four arrays, any input shape, zero biases", 0.5, _shape_cases),
        Part("weights spread as they should be", 1, _spread_cases),
        Part("the seed decides", 0.5, _seed_cases),
    ],
    section="2. How large should the first weights be?",
    next="what the net makes of an image",
    returns=("params",),
)
