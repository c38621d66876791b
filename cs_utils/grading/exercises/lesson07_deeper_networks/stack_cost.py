"""Lesson 07, stack_cost: what a stack of equal convolutions costs and how far it sees."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON


def stack_cost(channels, size, depth):
    parameters, field = 0, 1
    for _layer in range(depth):
        parameters += size * size * channels * channels
        field += size - 1
    return parameters, field


def _stacks(rng: np.random.Generator) -> list[Case]:
    drawn = [tuple(int(number) for number in row) for row in rng.integers((2, 4, 4), (9, 8, 7), (3, 3))]
    rows = [(64, 3, 3), (64, 7, 1), (1, 5, 2), (3, 1, 4), (12, 3, 5), *drawn]
    return [Case(dict(zip(("channels", "size", "depth"), row, strict=True))) for row in rows]


STACK_COST = Exercise(
    name="stack_cost",
    lesson=LESSON,
    points=1,
    oracle=stack_cost,
    visible=[
        Case({"channels": 64, "size": 3, "depth": 3}),
        Case({"channels": 2, "size": 5, "depth": 1}),
        Case({"channels": 3, "size": 4, "depth": 2}),
    ],
    parts=[Part("any number of channels, size and depth", 1, _stacks)],
    section="2. Smaller filters, deeper",
    next="three small layers against a large one",
    returns=("parameters", "receptive_field"),
)
