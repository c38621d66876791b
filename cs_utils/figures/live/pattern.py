"""Type a pattern, and see the net: its volumes, parameters, memory, and what its numbers see of the image."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from cs_utils.figures.deeper import layer_chain
from cs_utils.figures.live.page import LivePicture

KNOWN = {
    "the lecture's net": "conv12-relu-pool-fc",
    "like VGG": "(conv32-relu)*2-pool-(conv64-relu)*2-pool-(conv128-relu)*3-pool-fc128-relu-fc",
    "only convolutions": "(conv16-relu)*3-conv32S2P0:1-relu-(conv32-relu)*2-gap-fc",
    "like ResNet": "conv16-bn-relu-(resbn)*3-conv32S2P0:1-bn-relu-(resbn)*3-gap-fc",
}


class Net(Protocol):
    """What a `ConvNet` says of itself."""

    pattern: str
    input_shape: tuple[int, int, int]
    classes: int
    layers: Sequence[Any]


def live_pattern(net: Net, known: Mapping[str, str] = KNOWN) -> LivePicture:
    """Show a net that is described by its pattern; another pattern can be typed, and all numbers follow.

    They are those of `ConvNet.summary`: output, parameters, multiply-adds, receptive field; and the memory that the
    layer's output takes per image, as float32.

    Parameters
    ----------
    net : ConvNet
        The one to begin with.
    known : dict of str to str
        More patterns, by the names of their buttons.

    Returns
    -------
    LivePicture
    """
    height, width, depth = net.input_shape
    items = [layer.item.text for layer in net.layers]
    alt = (
        f"The net {net.pattern} for images of {height} by {width} by {depth}: {len(items)} layers. Where the picture "
        "is live, any pattern can be typed; boxes show the volumes, a table the parameters, multiply-adds, memory and "
        "receptive field of each layer, and a square what one number sees of the image."
    )
    data = {"pattern": net.pattern, "shape": net.input_shape, "classes": net.classes, "known": known}
    return LivePicture("A pattern and its net", "pattern.js", data, lambda: layer_chain(items), alt, height=620)
