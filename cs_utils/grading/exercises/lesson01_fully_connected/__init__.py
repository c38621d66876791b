"""Lesson 01: from the pixels of an image to the scores, the probabilities and the loss of a fully connected net.

Images are (N, H, W, C). From `flatten` on, a batch has one row per image, (N, D), weights have one column per neuron,
(D, M), and scores have one row per image, (N, M).
"""

LESSON = "01_fully_connected"
