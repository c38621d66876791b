"""How large the gradient is at each block of a deep stack, plain or residual, for any depth and size of the weights."""

import json

from cs_utils.figures.deeper import through_depth
from cs_utils.figures.live.page import LivePicture
from cs_utils.figures.live.stack import BLOCKS, FACTORS, FILE, SEEDS

BLOCKS_FIRST, FACTOR_FIRST = 20, 0.5  # what is shown first, and in the still


def live_depth() -> LivePicture:
    """Show the gradient's size at each block of stacks with fresh weights: plain and residual, with batch norm or not.

    How many blocks there are, and how large the weights are beside He's, can be chosen. The numbers were measured by
    `cs_utils.figures.live.stack`.

    Returns
    -------
    LivePicture
    """
    curves = json.loads(FILE.read_text(encoding="utf-8"))
    data = {"curves": curves, "blocks": BLOCKS, "factors": FACTORS, "first": [BLOCKS_FIRST, FACTOR_FIRST]}
    still = {
        name: [10.0**power for power in (each[0] if len(each) == 1 else each[FACTORS.index(FACTOR_FIRST)])]
        for name, of_blocks in curves.items()
        for each in [of_blocks[str(BLOCKS_FIRST)]]
    }
    ends = "; ".join(f"{name} {sizes[0]:.1e}" for name, sizes in still.items())
    alt = (
        f"The size of the gradient at each of {BLOCKS_FIRST} blocks, if one of size 1 starts after the last and the "
        f"weights are {FACTOR_FIRST} times He's; a mean of {len(SEEDS)} draws. At the first block: {ends}. Where the "
        "picture is live, number of blocks and size of weights can be chosen."
    )
    return LivePicture(
        "What comes back to the first layers",
        "depth.js",
        data,
        lambda: through_depth(still, "size of the gradient", step="block"),
        alt,
        height=520,
    )
