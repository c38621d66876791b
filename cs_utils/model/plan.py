"""How a network is computed: its layers in the order that takes least time, and how many images go through at once."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cs_utils.engine import conv_pool, im2col_images, threads, workspace
from cs_utils.engine.validation import both_pads
from cs_utils.model.layer import Arrays, Layer, Shape
from cs_utils.model.modules import Conv, MaxPool, Relu

LITTLE_WORK = 1000  # multiply-adds per pixel
WORTH_A_THREAD = 300_000_000  # multiply-adds; less than that, and what a part costs besides them outweighs the gain


class ConvPool(Layer):
    """A convolution and the max pooling after it, computed together; see `engine.conv_pool`."""

    def __init__(self, conv: Layer, pool: Layer) -> None:
        super().__init__(conv.item, conv.name, conv.input_shape, conv.first)
        self.pool = pool
        self.of_images = self.first and im2col_images.pays(self.input_shape[2])

    def output_shape(self) -> Shape:
        return self.pool.output_shape()

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        item, function = self.item, conv_pool.conv_pool_of_images if self.of_images else conv_pool.conv_pool
        y = workspace.result((len(x), *self.output_shape()), x.dtype)
        w, b = p[f"w_{self.name}"], p[f"b_{self.name}"]
        return y, (x, function(x, w, b, item.stride, both_pads(item.pad)[0], self.pool.item.size, y))

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        (x, pieces), item, w, before = saved, self.item, p[f"w_{self.name}"], both_pads(self.item.pad)[0]
        if self.of_images:
            dx, (dw, db) = None, conv_pool.conv_pool_of_images_backward(dy, pieces, w)
        else:
            dx, dw, db = conv_pool.conv_pool_backward(dy, pieces, x, w, item.stride, before, self.pool.item.size)
        return dx, {f"w_{self.name}": dw, f"b_{self.name}": db}


def fastest_order(layers: Sequence[Layer]) -> list[Layer]:
    """Layers that compute the same as `layers`, values and gradients, in less time.

    Two rules are applied, to one max pooling after the other:

    - It moves before the ReLUs that precede it: of two numbers the larger one stays the larger under ReLU, and
      gradients stop at negative numbers either way. After a 2x2 pooling, ReLU has a quarter of the numbers to look at.
    - If it then follows a convolution, and its windows do not overlap, the two become one `ConvPool`.

    For example::

        conv12  relu  pool  fc            as written
        conv12  pool  relu  fc            after the first rule
        (conv12 pool)  relu  fc           after the second
    """
    plan: list[Layer] = []
    for layer in layers:
        relus: list[Layer] = []
        if isinstance(layer, MaxPool):
            while plan and isinstance(plan[-1], Relu):
                relus.append(plan.pop())
            if plan and isinstance(plan[-1], Conv) and layer.item.size == layer.item.stride:
                layer = ConvPool(plan.pop(), layer)
        plan += [layer, *relus]
    return plan


def micro_batch(layers: Sequence[Layer], input_shape: Shape) -> int:
    """How many images of 32x32 (or as many pixels of others) a micro-batch of this network has.

    Between two calls of NumPy, threads wait for each other, and the less work an image takes, the more that costs. The
    lecture's network, conv12-relu-pool-fc, does 27 * 12 = 324 multiply-adds per pixel in its convolution and 30,720 per
    image, which is 30 per pixel, in its fc. That is little: with twice the images it takes 0.85 of the time on two
    threads, and as long as before on one.
    """
    per_pixel = sum(layer.multiply_adds() for layer in layers) / math.prod(input_shape[:2])
    return threads.MICRO_BATCH * (2 if per_pixel < LITTLE_WORK else 1)


def worthwhile(layers: Sequence[Layer]) -> int | None:
    """How many images are worth a thread of their own, so that a batch of one micro-batch is cut in two; None: no such.

    On two threads, 32 images then take 0.63 of the time in a network of six convolutions with 32 to 128 filters. A
    batch norm forbids it: it takes the moments of a micro-batch, and those of fewer images are worse.
    """
    if any(layer.statistics() for layer in layers):
        return None
    return math.ceil(WORTH_A_THREAD / max(1, sum(layer.multiply_adds() for layer in layers)))
