"""Lesson 06, what_it_learned: what the trained net's filters react to and what it confuses, in words."""

from cs_utils.grading.exercise import Written
from cs_utils.grading.exercises.lesson06_cifar10_convnet import LESSON

WHAT_IT_LEARNED = Written("what_it_learned", LESSON, 2, section="11. What it gets wrong")
