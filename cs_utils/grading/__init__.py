"""For instructors: the exercises' definitions, their exams, the build of the notebooks, and the grading of a class.

No part of this package is in a student's copy of the course.
"""

from cs_utils.grading.exams import exam
from cs_utils.grading.exercises import EXERCISES, find

__all__ = ["EXERCISES", "exam", "find"]
