"""The lecture's net as it grows: grey at first, and part by part the student's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from cs_utils.figures.axes import sheet
from cs_utils.figures.picture import Picture

YOURS, OPEN = "#f6c65b", "#e9e9e9"  # the first is the darker one in grey, too, and a part that is whole has a tick
WIDTH, HEIGHT = 2.5, 0.94  # of a part, in units of the sheet


@dataclass(frozen=True)
class Part:
    """A part of the net: where it is drawn, and the exercises that build it."""

    title: str
    column: int
    row: int
    exercises: tuple[str, ...]


FORWARD, BACKWARD, TRAINING, DEEPER = 3, 2, 1, 0  # rows, from the top
CONVOLUTION = ("window_score", "correlate2d", "true_convolution2d", "correlate_volume", "conv_layer", "conv_batch")
SIZES = ("output_size", "trace_shapes", "receptive_field", "count_conv_parameters", "count_linear_parameters")
PARTS = (
    Part("CONV", 1, FORWARD, (*CONVOLUTION, "zero_pad", "same_pad", "conv_forward")),
    Part("RELU", 2, FORWARD, ("two_layer_scores",)),
    Part("POOL", 3, FORWARD, ("pool_output_shape", "max_pool", "avg_pool")),
    Part("FC", 4, FORWARD, ("flatten", "linear")),
    Part("softmax, loss", 5, FORWARD, ("softmax", "cross_entropy")),
    Part("numerical gradients", 0, BACKWARD, ("numerical_gradient",)),
    Part("back through CONV", 1, BACKWARD, ("conv_backward", "im2col", "col2im")),
    Part("back through RELU", 2, BACKWARD, ("relu_backward",)),
    Part("back through POOL", 3, BACKWARD, ("max_pool_backward", "avg_pool_backward")),
    Part("back through FC", 4, BACKWARD, ("linear_backward",)),
    Part("the loss's gradient", 5, BACKWARD, ("softmax_cross_entropy_backward",)),
    Part("sizes and counts", 0, TRAINING, SIZES),
    Part("the first weights", 1, TRAINING, ("init_parameters",)),
    Part("the whole net", 2, TRAINING, ("convnet_scores", "convnet_loss")),
    Part("a training step", 3, TRAINING, ("sgd_momentum_step",)),
    Part("it learns", 4, TRAINING, ("overfit_small_batch",)),
    Part("how good it is", 5, TRAINING, ("accuracy",)),
    Part("stacked small filters", 0, DEEPER, ("stack_cost",)),
    Part("FC as CONV", 1, DEEPER, ("fc_as_conv",)),
    Part("one mean per map", 2, DEEPER, ("global_average_pool", "global_average_pool_backward")),
    Part("batch norm", 3, DEEPER, ("batch_norm", "batch_norm_backward")),
    Part("residual block", 4, DEEPER, ("residual_block", "residual_block_backward")),
    Part("nets as a pattern", 5, DEEPER, ("parse_pattern",)),
)
ROWS = {FORWARD: "forward", BACKWARD: "backward", TRAINING: "training", DEEPER: "deeper"}


def growing_net(passed: Iterable[str]) -> Picture:
    """Draw the lecture's net, each part grey until its exercises are solved, then in colour and with a tick.

    Parameters
    ----------
    passed : iterable of str
        The exercises whose checks have passed, such as `cs_utils.checks.passed()`. Others than those drawn are left
        out of account.
    """
    solved = set(passed)
    names = [name for part in PARTS for name in part.exercises]
    whole = [part for part in PARTS if solved.issuperset(part.exercises)]
    columns, rows = 6, len(ROWS)
    with sheet(10, 3, (-1.45, columns * 3 - 0.3), (-0.25, rows * 1.4 - 0.1), "equal") as (figure, axes):
        for row, title in ROWS.items():
            axes.text(-0.15, 1.4 * row + HEIGHT / 2, title, ha="right", va="center", fontsize=9, style="italic")
        _draw_image(axes)
        _draw_arrows(axes)
        for part in PARTS:
            _draw_part(axes, part, solved)
        count = len(solved & set(names))
        which = "; ".join(
            f"{title}: {_list(part.title for part in whole if part.row == row)}" for row, title in ROWS.items()
        )
        alt = (
            f"The lecture's net in {len(PARTS)} parts, of which {len(whole)} are yours: {count} of {len(names)} "
            f"checks have passed. Yours are, {which}."
        )
        return Picture(figure, alt)


def _list(titles: Iterable[str]) -> str:
    return ", ".join(titles) or "none yet"


def _draw_part(axes: Axes, part: Part, solved: set[str]) -> None:
    """A box, filled from the left as far as its exercises are solved."""
    left, bottom = 3 * part.column, 1.4 * part.row
    done, total = sum(name in solved for name in part.exercises), len(part.exercises)
    whole = done == total
    box = axes.add_patch(_box(left, bottom, facecolor=OPEN, edgecolor="none"))
    fill = axes.add_patch(Rectangle((left, bottom), WIDTH * done / total, HEIGHT, facecolor=YOURS, edgecolor="none"))
    fill.set_clip_path(box)
    edge, line = ("black", 1.4) if whole else ("0.6", 0.8)
    axes.add_patch(_box(left, bottom, facecolor="none", edgecolor=edge, linewidth=line))
    said = "\N{CHECK MARK} yours" if whole else f"{done} of {total}"
    for height, text, size in ((0.6, part.title, 7.5), (0.24, said, 7)):
        ink = "black" if done else "0.35"
        axes.text(left + WIDTH / 2, bottom + height, text, ha="center", va="center", fontsize=size, color=ink)


def _box(left: float, bottom: float, **look: Any) -> FancyBboxPatch:
    return FancyBboxPatch((left, bottom), WIDTH, HEIGHT, boxstyle="round,pad=0,rounding_size=0.12", **look)


def _draw_image(axes: Axes) -> None:
    """What goes in: a small image of a disc."""
    middle, half = (WIDTH / 2, 1.4 * FORWARD + HEIGHT / 2), HEIGHT / 2
    axes.add_patch(Rectangle((middle[0] - half, middle[1] - half), HEIGHT, HEIGHT, facecolor="0.35", edgecolor="black"))
    axes.add_patch(Circle(middle, 0.26, facecolor="white", edgecolor="none"))


def _draw_arrows(axes: Axes) -> None:
    """Numbers flow to the right, from the image on; gradients, dashed, back to the left."""
    for column in range(5):
        left, right = 3 * column + (WIDTH if column else WIDTH / 2 + HEIGHT / 2), 3 * column + 3
        height = 1.4 * FORWARD + HEIGHT / 2
        axes.annotate("", (right, height), (left, height), arrowprops={"arrowstyle": "->", "lw": 1.2})
        if column:
            height = 1.4 * BACKWARD + HEIGHT / 2
            dashed = {"arrowstyle": "->", "lw": 1.2, "linestyle": "--"}
            axes.annotate("", (left, height), (right, height), arrowprops=dashed)
