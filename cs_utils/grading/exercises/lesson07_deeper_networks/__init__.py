"""Lesson 07: what made nets deeper: a language for their patterns, smaller filters, batch norm, residual blocks.

Images and maps are (N, H, W, C), filters (F, F, C, K), the parameters of a channel (C,). Visible cases hold quarters,
so that their sums are exact.
"""

LESSON = "07_deeper_networks"
