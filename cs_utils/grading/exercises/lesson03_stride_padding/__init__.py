"""Lesson 03: larger steps and a border of zeros, up to the whole convolution layer; what nets of them cost and see.

Batches are (N, H, W, C), filters are square: (F, F, C, K). Visible cases hold quarters, so that their sums are exact.
"""

LESSON = "03_stride_padding"
