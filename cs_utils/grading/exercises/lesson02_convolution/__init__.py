"""Lesson 02: a filter that slides over an image, up to a layer of filters over a batch.

Pictures are (H, W) or (H, W, C), batches (N, H, W, C). Filters are square: (F, F), (F, F, C), or K of them,
(F, F, C, K). Visible cases hold quarters, so that their sums are exact.
"""

LESSON = "02_convolution"
