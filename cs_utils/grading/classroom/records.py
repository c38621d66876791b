"""What came of a submission: one record per submission, with one row per exercise; as JSON it outlives the run."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

GRADED = "graded"  # as handed in
REPAIRED = "repaired"  # graded, after the intake had mended something
QUARANTINED = "quarantined"  # can't be read; not graded
TIME_LIMIT = "time limit"  # a cell, or all of them, took too long; graded by what they had reached
MEMORY_LIMIT = "memory limit"  # it used too much memory; graded by what it had reached
CRASHED = "crashed"  # its Python process ended; graded by what it had reached
INFRASTRUCTURE = "infrastructure"  # this machine's fault; to be graded again, never 0
STATUSES = (GRADED, REPAIRED, TIME_LIMIT, MEMORY_LIMIT, CRASHED, QUARANTINED, INFRASTRUCTURE)


@dataclass
class Unnamed:
    """What an answer returned in its check, whose mistake has no name.

    `returned` is the fingerprint of it all (`cs_utils.checks.fingerprints`), `shown` what came back in the first case
    that is wrong, `explained` what the check found out about it; both in words.
    """

    returned: list[float]
    shown: str = ""
    explained: str = ""


@dataclass
class Row:
    """The points of one exercise.

    `auto` is what the exam gave, None where it gave none (graded by hand, quarantined, infrastructure); `manual` is
    what a person gave in formgrader, which counts in its place.
    """

    exercise: str
    max_points: float
    auto: float | None
    status: str
    message: str = ""
    misconception: str = ""
    by_hand: bool = False
    manual: float | None = None
    unnamed: Unnamed | None = None

    @property
    def points(self) -> float | None:
        return self.auto if self.manual is None else self.manual


@dataclass
class Record:
    """What came of one student's submission to one assignment.

    Attributes
    ----------
    key : str
        The hash of all that decides the result; the same key is never graded twice.
    rows : list of Row
        In the lesson's order.
    notes : list of str
        What was repaired, chosen or left out, in words for the student.
    notebook : str
        The executed notebook as JSON text, "" where there is none; it is what formgrader shows.
    seconds : dict of str to float
        Where the time went: sandbox, cells, judge.
    penalty : float
        What the gradebook takes off the sum for being late.
    """

    student: str
    assignment: str
    key: str
    status: str
    message: str = ""
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    notebook: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    penalty: float = 0.0

    @property
    def points(self) -> float:
        return sum(row.points or 0.0 for row in self.rows)

    def after_penalty(self, points: float) -> float:
        """Return what is left of the points after the penalty, never less than 0, as nbgrader counts."""
        return max(0.0, points - self.penalty)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """Return what `to_json` wrote; ValueError if the text is anything else."""
        try:
            fields: dict[str, Any] = json.loads(text)
            return cls(**(fields | {"rows": [_row(**row) for row in fields["rows"]]}))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a record: {error}") from error


def _row(unnamed: dict[str, Any] | None = None, **fields: Any) -> Row:
    return Row(**fields, unnamed=Unnamed(**unnamed) if unnamed else None)
