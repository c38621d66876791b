"""``python docs/moving_picture.py`` draws the moving picture of the README: a filter on its way over a disc."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from cs_utils import figures

MILLISECONDS = 700  # per frame

row, column = np.mgrid[-3:4, -3:4]
disc = np.where(row**2 + column**2 < 7, 1.0, 0.0)
vertical = np.array([[1.0, 0, -1]] * 3)

frames = [Image.open(io.BytesIO(png)) for png in figures.sliding_filter(disc, vertical).frames]
first, *others = [frame.convert("RGB") for frame in frames]
path = Path(__file__).with_name("sliding_filter.gif")
first.save(path, save_all=True, append_images=others, duration=MILLISECONDS, loop=0, optimize=True)
