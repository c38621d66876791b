"""What one value after a stack of layers sees, down to the pixels; the layers can be changed."""

from collections.abc import Sequence

from cs_utils.figures.live.page import LivePicture
from cs_utils.figures.strides import receptive_fields

PIXELS, LAYERS = 24, 5  # as many as can be read 400 pixels wide
SIZES, STRIDES = (1, 5), (1, 3)


def live_receptive_field(layers: Sequence[tuple[int, int]]) -> LivePicture:
    """Show a stack of layers over 24 pixels, from the side; point at any value to see its receptive field.

    Parameters
    ----------
    layers : sequence of (size, stride)
        To begin with, 1 to 5 of them, sizes 1 to 5 and strides 1 to 3; the first one is next to the image.

    Returns
    -------
    LivePicture

    Raises
    ------
    ValueError
        If a number is beyond these limits, or the receptive field of the last layer is larger than 24 pixels.
    """
    if not 1 <= len(layers) <= LAYERS:
        raise ValueError(f"1 to {LAYERS} layers can be drawn, not {len(layers)}")
    for size, stride in layers:
        if not (SIZES[0] <= size <= SIZES[1] and STRIDES[0] <= stride <= STRIDES[1]):
            raise ValueError(f"a layer has a size of 1 to 5 and a stride of 1 to 3, not {size} and {stride}")
    still = receptive_fields(layers)
    alt = f"{still.alt} Where this is live, layers can be changed, and any value can be pointed at."
    data = {"layers": layers, "pixels": PIXELS, "most": LAYERS, "sizes": SIZES, "strides": STRIDES}
    return LivePicture("The receptive field of a value", "receptive.js", data, lambda: still, alt, height=520)
