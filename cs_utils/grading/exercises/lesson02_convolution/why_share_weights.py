"""Lesson 02, why_share_weights: a written answer. Its mark scheme is in the lesson's text."""

from cs_utils.grading.exercise import Written
from cs_utils.grading.exercises.lesson02_convolution import LESSON

WHY_SHARE_WEIGHTS = Written("why_share_weights", LESSON, 2, section="10. Why share weights?")
