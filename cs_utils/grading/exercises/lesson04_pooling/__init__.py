"""Lesson 04: pooling by the maximum and by the mean, and the gradients of both."""

LESSON = "04_pooling"
