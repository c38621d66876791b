"""Figures of a class against independent formulas, and what is not said of a few students."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cs_utils.checks.errors import UNWRITTEN
from cs_utils.grading.classroom.item_analysis import FEWEST, Group, items, reliability
from cs_utils.grading.classroom.records import GRADED, INFRASTRUCTURE, Record, Row, Unnamed

MOST = (3.0, 2.0, 4.0)


def record(student, points, status=GRADED, message="", misconception=""):
    rows = [
        Row(f"exercise_{i}", most, mine, status, message, misconception)
        for i, (mine, most) in enumerate(zip(points, MOST, strict=True))
    ]
    return Record(student, "02_convolution", "key", status, rows=rows)


def class_of(points):
    return [record(f"s{i:02}", list(row)) for i, row in enumerate(points)]


POINTS = st.lists(st.tuples(*(st.sampled_from([0.0, most / 2, most]) for most in MOST)), min_size=FEWEST, max_size=30)


@given(POINTS)
def test_discrimination_is_the_correlation_with_the_rest(points):
    table = np.array(points)
    for i, item in enumerate(items(class_of(points))):
        rest = table.sum(axis=1) - table[:, i]
        if np.ptp(table[:, i]) == 0 or np.ptp(rest) == 0:
            assert item.discrimination is None
        else:
            assert item.discrimination == pytest.approx(stats.pearsonr(table[:, i], rest).statistic)
        assert item.mean == pytest.approx(table[:, i].mean() / MOST[i])
        assert item.full == pytest.approx((table[:, i] == MOST[i]).mean())


@given(POINTS)
def test_reliability_is_the_share_of_covariance(points):
    """Alpha by the covariances: k/(k - 1) times the share of the sum's variance that lies off the diagonal."""
    covariance = np.cov(np.array(points), rowvar=False)
    found = reliability(class_of(points))
    if covariance.sum() == pytest.approx(0):
        assert found is None
    else:
        shared = covariance.sum() - np.trace(covariance)
        assert found == pytest.approx(len(MOST) / (len(MOST) - 1) * shared / covariance.sum())


def test_a_few_students_tell_nothing_about_discrimination_and_reliability():
    few = class_of([(0, 0, 0), (3, 2, 4)] * 4)
    assert len(few) < FEWEST
    assert {item.discrimination for item in items(few)} == {None}
    assert reliability(few) is None


def test_what_could_not_be_graded_does_not_count():
    graded = class_of([(3, 2, 4)] * 3)
    lost = record("lost", [None] * 3, INFRASTRUCTURE)
    assert items([*graded, lost]) == items(graded)
    assert items([lost]) == []


def test_marks_that_are_still_missing_are_left_out_of_their_exercise_alone():
    waiting = record("waiting", [3.0, None, 0.0])
    first, second, third = items([*class_of([(3, 2, 4)]), waiting])
    assert (first.marked, second.marked, third.marked) == (2, 1, 2)
    assert third.none == 0.5


def test_mistakes_are_counted_the_most_frequent_first():
    named = [record(f"n{i}", [0, 2, 4], message="y[0] is 1", misconception="the bias is forgotten") for i in range(3)]
    other = [record(f"o{i}", [0, 2, 4], message="y[0] is 2", misconception="a flip") for i in range(2)]
    unnamed = [record("u", [0, 2, 4], message="y[0] is 3")]
    untouched = [record("e", [0, 2, 4], message=f"on squares: {UNWRITTEN}")]
    first = items([*named, *other, *unnamed, *untouched])[0]
    assert first.misconceptions == [("the bias is forgotten", 3), ("a flip", 2)]
    assert first.unnamed == [Group(["u"], "y[0] is 3")]
    assert first.untouched == pytest.approx(1 / 7)


def test_answers_that_return_the_same_are_one_mistake_whatever_their_exam_said():
    """Hidden cases differ from student to student, and so does what the exam says of one and the same mistake."""
    class_ = []
    for student, returned, message in (
        ("a", [1.0, 2.0], "y[0] is 1"),
        ("b", [1.0 + 1e-6, 2.0], "y[3] is 7"),
        ("c", [1.0, 3.0], "y[0] is 1"),
        ("d", None, "y[0] is 1"),
        ("e", None, "y[0] is 1"),
        ("f", [1.0, 2.0], "y[2] is 5"),
    ):
        class_.append(record(student, [0, 2, 4], message=message))
        for row in class_[-1].rows:
            row.unnamed = Unnamed(returned, f"of {student}", "each is off by 1") if returned else None
    assert items(class_)[0].unnamed == [
        Group(["a", "b", "f"], "of a", "each is off by 1"),
        Group(["d", "e"], "y[0] is 1"),
        Group(["c"], "of c", "each is off by 1"),
    ]
    kept = [Record.from_json(one.to_json()) for one in class_]
    assert items(kept) == items(class_)


def test_of_a_class_without_any_mark_nothing_is_said():
    item = items([record("a", [None] * 3)])[0]
    assert item.marked == 0
    assert np.isnan(item.mean)
