"""Lesson 05: numerical gradients, and the gradients of every layer.

Upstream gradients are random numbers, because with ones a gradient that is flipped or mixed up would go unnoticed.
"""

LESSON = "05_backprop"
