"""What came of a submission: one record each, one row an exercise."""

from dataclasses import dataclass, field

GRADED = "graded"  # as handed in
REPAIRED = "repaired"  # graded, after the intake had mended something
QUARANTINED = "quarantined"  # can't be read; not graded
TIME_LIMIT = "time limit"  # a cell was stopped; graded by what it had reached
CRASHED = "crashed"  # its Python process ended; not graded beyond that
MEMORY_LIMIT = "memory limit"  # it used too much memory; graded by what it had reached
INFRASTRUCTURE = "infrastructure"  # this machine's fault; to be graded again, never 0


@dataclass(frozen=True)
class Row:
    """The points of one exercise; `points` is None while there are none to be had: by hand, or not graded."""

    exercise: str
    max_points: float
    points: float | None
    status: str
    message: str = ""


@dataclass
class Record:
    """What came of one student's submission to one assignment."""

    student: str
    assignment: str
    status: str
    message: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def points(self) -> float:
        return sum(row.points or 0.0 for row in self.rows)
