"""Damaged notebooks: the intake returns one that is safe and whole, or quarantines it, and loses no answer by the way.

A few hundred by default. INTAKE_FUZZ=20000 in the environment runs as many, a part of them through hypothesis.
"""

import json
import os

import pytest
from handed_in import CONVOLUTION, answered, find, grade_id, hold, released
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.campaign import oracle
from cs_utils.grading.campaign.mutations import OF_BYTES, OF_CELLS, damage, damaged
from cs_utils.grading.classroom.intake.layout import Layout
from cs_utils.grading.classroom.intake.lesson import Released
from cs_utils.grading.classroom.intake.matching import match
from cs_utils.grading.classroom.intake.reading import Quarantined, read, without_outputs
from cs_utils.grading.classroom.intake.rebuild import Rebuilt, rebuild

NUMBER = int(os.environ.get("INTAKE_FUZZ", "280"))
LESSONS = lessons()


def examine(data: bytes, lesson: Lesson) -> bool:
    """Hold what the intake makes of some bytes to all that must be true; return whether it could be graded."""
    found = oracle.examine(data, lesson)
    assert found.faults == []
    return found.rebuilt is not None


def attempt(data: bytes, lesson: Lesson) -> Rebuilt | None:
    """Rebuild; None if quarantined. What the last resort catches was foreseen by nobody, and is a failure here."""
    try:
        return rebuild(data, released(lesson))
    except Quarantined as reason:
        if reason.__cause__ is not None:
            raise reason.__cause__ from None
        return None


DAMAGE = st.tuples(
    st.sampled_from([lesson.name for lesson in LESSONS]),
    st.lists(st.sampled_from(OF_CELLS), max_size=6),
    st.lists(st.sampled_from(OF_BYTES), max_size=2),
    st.randoms(use_true_random=False),
)


@settings(max_examples=max(60, NUMBER // 10), deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(DAMAGE)
def test_whatever_is_damaged_the_rest_is_graded_or_the_whole_is_quarantined(drawn):
    name, of_cells, of_bytes, rng = drawn
    lesson = Lesson(ROOT, name)
    examine(damage(oracle.whole(lesson), of_cells, of_bytes, rng), lesson)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_number_of_damage_stops_the_intake(lesson):
    graded = [examine(damaged(oracle.whole(lesson), seed), lesson) for seed in range(NUMBER // len(LESSONS))]
    assert 0.3 < sum(graded) / len(graded) < 1


@settings(max_examples=max(60, NUMBER // 10), deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_quarantined(data):
    with pytest.raises(Quarantined):
        rebuild(data, released())
    assert without_outputs(data) == data or json.loads(data)


@settings(max_examples=max(60, NUMBER // 10), deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "cells",
                        "source",
                        "metadata",
                        "nbgrader",
                        "grade_id",
                        "cell_type",
                        "worksheets",
                        "id",
                        "course",
                        "release",
                    ]
                )
                | st.text(max_size=3),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_json_of_any_shape_is_quarantined_or_read(value):
    for shape in (
        value,
        {"cells": value},
        {"cells": [value]},
        {"cells": [value, *oracle.whole(CONVOLUTION)["cells"]], "metadata": value},
    ):
        rebuilt = attempt(json.dumps(shape).encode(), CONVOLUTION)
        if rebuilt is not None:
            hold(rebuilt)


def test_the_layout_of_an_undamaged_notebook_is_the_identity():
    notebook = answered()
    handed, repairs = read(json.dumps(notebook).encode()), []
    known = Released(released())
    targets = match(handed.cells, known)
    assert targets == list(range(len(notebook.cells)))
    assert [item.source for item in Layout(handed.cells, targets, known, repairs).items()] == [
        c.source for c in notebook.cells
    ]
    assert repairs == []
    assert grade_id(find(notebook, "setup")) == "setup"


# Found by longer runs. 11573: a tab for a space in a released comment that is left out with its stub.
@pytest.mark.parametrize("number", [11573])
def test_numbers_that_once_failed(number):
    lesson = LESSONS[number % len(LESSONS)]
    examine(damaged(oracle.whole(lesson), seed=number), lesson)
