"""The table that describes a network."""

from collections.abc import Sequence

from tabulate import SEPARATING_LINE, DataRow, Line, TableFormat, tabulate

from cs_utils.model.layer import Arrays, Layer, Shape

RULE, ROW = Line("", "-", "--", ""), DataRow("", "  ", "")
RULED = TableFormat(RULE, RULE, None, None, headerrow=ROW, datarow=ROW, padding=0, with_header_hide=None)


class Table(str):
    """Text that a notebook shows as it is, when it is the value of a cell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summarize(pattern: str, input_shape: Shape, layers: Sequence[Layer], parameters: Arrays) -> Table:
    """One line per layer: output shape, parameters, multiply-adds per image, side of the receptive field in pixels."""
    rows = [
        ["layer", "output", "parameters", "multiply-adds", "receptive field"],  # as headers they would be padded
        [SEPARATING_LINE],
        ["input", _times(input_shape), "", "", "1"],
    ]
    field, step, all_learned, all_products = 1, 1, 0, 0
    for layer in layers:
        for size, stride in layer.windows():
            field += (size - 1) * step
            step *= stride
        names = {name for name in parameters if name.endswith(f"_{layer.name}")} - layer.statistics().keys()
        learned, products = sum(parameters[name].size for name in names), layer.multiply_adds()
        all_learned, all_products = all_learned + learned, all_products + products
        rows.append([layer.item.text, _times(layer.output_shape()), f"{learned:,}", f"{products:,}", f"{field}"])
    rows += [[SEPARATING_LINE], ["all", "", f"{all_learned:,}", f"{all_products:,}", ""]]
    table = tabulate(rows, tablefmt=RULED, disable_numparse=True, colalign=["left", *["right"] * 4])
    return Table(f"{pattern}\n{table}")


def _times(shape: Shape) -> str:
    return " x ".join(str(n) for n in shape)
