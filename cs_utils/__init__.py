"""The helpers of the course "ConvNets from scratch", by subject. Images are channels last: (N, H, W, C).

================== ====================================================================================================
layers             every operation beside its derivative: convolution, pooling, ReLU, linear, softmax and cross-entropy
gradient_check     numerical gradients, and their comparison with those of a backward pass
engine             how layers are fast: im2col, matrix products, Winograd, threads
model              ConvNet: whole networks, from patterns such as "conv12-relu-pool-fc"
training           fit, batches, optimizers, recipes; ``python -m cs_utils.training --recipe one-minute``
datasets           CIFAR-10, and shapes10, which is drawn by code
checks             what a check cell of a lesson says about an answer; ``python course.py check``
figures            the pictures and animations of the lessons
files              files that are written whole or not at all, arrays that are read without trusting who wrote them
progress, system   lines that show how far something is; what the machine offers
doctor             what works on this machine; ``python course.py doctor``
================== ====================================================================================================

An instructor's copy also has ``grading`` (exercises, exams, building lessons, grading a class), ``reference`` (the
operations in textbook NumPy) and ``benchmark`` (the engine beside its peers).
"""

import logging
import sys

__version__ = "1.0.0"

if sys.platform == "emscripten":
    # The matplotlib of Pyodide brings a list of fonts of another version than it reads. So it makes its own, in half a
    # second, and says so in red, below the first cell that a student runs.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
