"""The page itself: the net's parameters, a few example images and the scripts that compute with them."""

import base64
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cs_utils.datasets import Dataset, channel_statistics

FOLDER = Path(__file__).parent
SCRIPTS = ("net.js", "image.js", "filter.js", "page.js")
EXAMPLES = 5  # per class; an image takes 4 kB
LIMIT = 16  # of 255: the most by which "fool it" changes a number

Arrays = Mapping[str, np.ndarray]


def page(parameters: Arrays, dataset: Dataset, title: str = "My net") -> str:
    """The HTML text of a page that holds a net and lets people play with it.

    Parameters
    ----------
    parameters : dict of str to ndarray
        As lesson 06's `init_parameters` returns them: w_conv (F, F, C, K) with F odd, b_conv (K,),
        w_fc (H/2 * W/2 * K, classes) and b_fc (classes,), for the images (H, W, C) of `dataset`.
    dataset : Dataset
        What the net was trained on. Its training images give mean and standard deviation, its test images the examples.
    title : str
        The page's title.

    Returns
    -------
    str
        HTML that needs no other file and no network.

    Raises
    ------
    ValueError
        If the parameters are not those of such a net.
    """
    numbers = _checked(parameters, dataset)
    height, width, channels = dataset.test_images.shape[1:]
    mean, std = channel_statistics(dataset.train_images)
    chosen = examples(dataset.test_labels, len(dataset.class_names))
    extent, _, _, count = numbers["w_conv"].shape
    data = {
        "shape": {
            **{"H": height, "W": width, "C": channels, "K": count, "F": extent},
            **{"mean": mean.tolist(), "std": std.tolist()},
        },
        "classes": list(dataset.class_names),
        "labels": dataset.test_labels[chosen].tolist(),
        "limit": LIMIT,
        "params": {name: _base64(values) for name, values in numbers.items()},
        "images": _base64(dataset.test_images[chosen]),
    }
    return _filled(
        (FOLDER / "page.html").read_text(encoding="utf-8"),
        title=html.escape(title),
        dataset=html.escape(dataset.name),
        size=f"{width}x{height}",
        number=str(len(chosen)),
        limit=str(LIMIT),
        parameters=f"{sum(values.size for values in numbers.values()):,}",
        style=(FOLDER / "page.css").read_text(encoding="utf-8").strip(),
        data=json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),  # no </script> within
        script="\n".join((FOLDER / name).read_text(encoding="utf-8").strip() for name in SCRIPTS),
    )


def examples(labels: np.ndarray, classes: int) -> np.ndarray:
    """Where the first five images of each class are, in the order of the images."""
    found = [np.flatnonzero(labels == label)[:EXAMPLES] for label in range(classes)]
    return np.sort(np.concatenate(found))


def _checked(parameters: Arrays, dataset: Dataset) -> dict[str, np.ndarray]:
    """The parameters as float32, in the order of the layers."""
    height, width, channels = dataset.test_images.shape[1:]
    classes = len(dataset.class_names)
    w = np.asarray(parameters.get("w_conv", np.zeros(0)))
    extent, count = (w.shape[0], w.shape[-1]) if w.ndim == 4 and w.shape[0] % 2 else (3, "K")
    flat = (height // 2) * (width // 2) * count if isinstance(count, int) else f"{height // 2}*{width // 2}*K"
    expected = {
        "w_conv": (extent, extent, channels, count),
        "b_conv": (count,),
        "w_fc": (flat, classes),
        "b_fc": (classes,),
    }
    found = {name: np.shape(value) for name, value in parameters.items()}
    if found != expected:
        raise ValueError(
            f"this page is for the net of lesson 06, with parameters {_shapes(expected)}; got {_shapes(found)}"
        )
    numbers = {name: np.asarray(parameters[name]) for name in expected}
    for name, values in numbers.items():
        if values.dtype.kind != "f" or not np.isfinite(values).all():
            raise ValueError(f"{name} must hold finite floats")
    return {name: values.astype("<f4") for name, values in numbers.items()}


def _shapes(shapes: Mapping[str, tuple[int | str, ...]]) -> str:
    said = (f"{name} ({', '.join(str(n) for n in shape)}{',' * (len(shape) == 1)})" for name, shape in shapes.items())
    return ", ".join(said) or "none"


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")


def _filled(template: str, **values: str) -> str:
    """The template with a value in the place of each name in double braces."""
    return re.sub(r"\{\{([a-z]+)\}\}", lambda match: values[match[1]], template)
