"""What the tests of figures share: the numbers in an alt text, the pixels of a picture, and what may not be drawn."""

import io
import re

import numpy as np
import pytest
from matplotlib.image import imread

LARGEST = 200_000  # bytes of HTML, so that a notebook stays light on a slow network


def numbers(text: str) -> list[float]:
    """The numbers in a text, in their order; figures write a typographic minus sign."""
    return [float(number.replace("\N{MINUS SIGN}", "-")) for number in re.findall(r"[\N{MINUS SIGN}-]?\d+\.?\d*", text)]


def pixels(png: bytes) -> np.ndarray:
    """The picture as (H, W, channels), from 0 to 1."""
    return imread(io.BytesIO(png), format="png")


def assert_refused(draw) -> None:
    """It raises ValueError on purpose: in cs_utils, not somewhere in NumPy or Matplotlib."""
    with pytest.raises(ValueError) as refusal:
        draw()
    assert "cs_utils" in refusal.traceback[-1].path.parts
