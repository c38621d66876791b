"""The table that describes a network."""

from collections.abc import Sequence

import numpy as np

from cs_utils.model.modules import Layer, Shape


class Table(str):
    """Text that a notebook shows as it is, when it is the value of a cell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summarize(pattern: str, input_shape: Shape, layers: Sequence[Layer]) -> Table:
    """One line a layer: output shape, parameters, multiply-adds an image, side of the receptive field in pixels."""
    rows = [("layer", "output", "parameters", "multiply-adds", "receptive field")]
    rows.append(("input", _times(input_shape), "", "", "1"))
    field, step, all_parameters, all_products = 1, 1, 0, 0
    for layer in layers:
        for size, stride in layer.windows():
            field += (size - 1) * step
            step *= stride
        parameters = sum(array.size for array in layer.parameters(np.random.default_rng()).values())
        products = layer.multiply_adds()
        all_parameters, all_products = all_parameters + parameters, all_products + products
        rows.append((layer.item.text, _times(layer.output_shape()), f"{parameters:,}", f"{products:,}", f"{field}"))
    rows.append(("all", "", f"{all_parameters:,}", f"{all_products:,}", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(row[i].rjust(widths[i]) for i in range(1, 5))]).rstrip() for row in rows
    ]
    rule = "-" * len(lines[0])
    return Table("\n".join([pattern, rule, lines[0], rule, *lines[1:-1], rule, lines[-1]]))


def _times(shape: Shape) -> str:
    return " x ".join(str(n) for n in shape)
