"""How a class did in a lesson: each exercise's difficulty and discrimination, and how far the sum can be relied on.

The figures are those of classical test theory: R. L. Ebel, Essentials of Educational Measurement, 1972, chapters 13
and 14; alpha: L. J. Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16, 1951.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cs_utils.checks.errors import UNWRITTEN
from cs_utils.checks.fingerprints import SINGLE, alike
from cs_utils.grading.classroom.records import GRADED, INFRASTRUCTURE, QUARANTINED, REPAIRED, Record, Row

FEWEST = 10  # students below which discrimination and reliability say nothing


@dataclass(frozen=True)
class Group:
    """Students whose answers make the same mistake, one without a name.

    `shown` is what their answers return, or what the exam said where the check saw nothing; `explained` is what the
    check found out about it, "" if that is nothing.
    """

    students: list[str]
    shown: str
    explained: str = ""


@dataclass(frozen=True)
class Item:
    """How a class did in one exercise.

    Attributes
    ----------
    marked : int
        Students who have a mark in it.
    mean : float
        Of the points, as a share of those to be had, 0 to 1; NaN if nobody has a mark.
    full, none, untouched : float
        Shares of the marked who have all points, no point, and nothing written.
    discrimination : float or None
        Correlation of its points with the sum of the others', -1 to 1. None if there are too few students, or all have
        the same points.
    misconceptions : list of (str, int)
        The known mistakes in words, and how many students made each, the most frequent first.
    unnamed : list of Group
        The mistakes without a name, the most frequent first: those of answers that return the same in the check, and
        those that only the exam saw, by what it said.
    """

    exercise: str
    max_points: float
    marked: int
    mean: float
    full: float
    none: float
    untouched: float
    discrimination: float | None
    misconceptions: list[tuple[str, int]]
    unnamed: list[Group]


def items(records: Sequence[Record]) -> list[Item]:
    """Return the figures of each exercise of one lesson, in its order; none if nobody's work could be graded."""
    counted = [record for record in records if record.status not in (QUARANTINED, INFRASTRUCTURE)]
    if not counted:
        return []
    points = _points(counted)
    return [_item(counted, points, i) for i in range(points.shape[1])]


def reliability(records: Sequence[Record]) -> float | None:
    """Return Cronbach's alpha of a lesson's exercises, over the students who have a mark in all of them.

    None if there are fewer than ten of them, a single exercise, or all have the same sum.
    """
    points = _points(records)
    points = points[~np.isnan(points).any(axis=1)]
    count = points.shape[1]
    if len(points) < FEWEST or count < 2 or (whole := points.sum(axis=1).var(ddof=1)) == 0:
        return None
    return float(count / (count - 1) * (1 - points.var(axis=0, ddof=1).sum() / whole))


def _points(records: Sequence[Record]) -> np.ndarray:
    """The points, (students, exercises); NaN where there are none yet."""
    rows = [[np.nan if row.points is None else row.points for row in record.rows] for record in records]
    return np.array(rows, float).reshape(len(rows), -1)


def _item(records: Sequence[Record], points: np.ndarray, i: int) -> Item:
    rows = [record.rows[i] for record in records]
    of = {id(record.rows[i]): record.student for record in records}
    have = ~np.isnan(points[:, i])
    mine, most = points[have, i], rows[0].max_points
    wrong = [row for row in rows if row.points is not None and row.points < row.max_points]
    untouched = [row for row in wrong if UNWRITTEN in row.message]
    named = Counter(row.misconception for row in wrong if row.misconception)
    ran = [row for row in wrong if row.status in (GRADED, REPAIRED) and row not in untouched]  # to its end
    unnamed = [(of[id(row)], row) for row in ran if row.message and not (row.misconception or row.by_hand)]
    others = np.nansum(np.delete(points[have], i, axis=1), axis=1)
    varied = len(mine) >= FEWEST and np.ptp(mine) > 0 and np.ptp(others) > 0
    return Item(
        exercise=rows[0].exercise,
        max_points=most,
        marked=len(mine),
        mean=_share(mine / most),
        full=_share(mine >= most),
        none=_share(mine <= 0),
        untouched=len(untouched) / len(mine) if mine.size else float("nan"),
        discrimination=float(np.corrcoef(mine, others)[0, 1]) if varied else None,
        misconceptions=_most_frequent(named),
        unnamed=_groups(unnamed),
    )


def _groups(rows: list[tuple[str, Row]]) -> list[Group]:
    """Put answers together that return the same up to rounding; the others by what the exam said of them."""
    groups: list[tuple[Row, list[str]]] = []
    for student, row in sorted(rows, key=lambda entry: entry[0]):
        same = next((students for other, students in groups if _same_mistake(row, other)), None)
        if same is None:
            groups.append((row, [student]))
        else:
            same.append(student)
    found = [
        Group(students, row.unnamed.shown if row.unnamed else row.message, row.unnamed.explained if row.unnamed else "")
        for row, students in groups
    ]
    return sorted(found, key=lambda group: (-len(group.students), group.shown, group.students))


def _same_mistake(one: Row, other: Row) -> bool:
    if one.unnamed is None or other.unnamed is None:
        return one.unnamed is other.unnamed and one.message == other.message
    (a, b), (c, d) = one.unnamed.returned, other.unnamed.returned
    return alike((a, b), (c, d), SINGLE)


def _share(values: np.ndarray) -> float:
    """Their mean; NaN if there are none."""
    return float(values.mean()) if values.size else float("nan")


def _most_frequent(counts: Counter[str]) -> list[tuple[str, int]]:
    """The counts, largest first; equal ones by their text, so that the same class gives the same page."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
