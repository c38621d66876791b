"""A template to paint, and the score that images get under it."""

from collections.abc import Mapping

import numpy as np

from cs_utils.figures.live.page import LivePicture
from cs_utils.figures.maps import pictures

SIDE, MOST = 32, 8


def live_template(images: Mapping[str, np.ndarray], template: np.ndarray) -> LivePicture:
    """Show images, a template that can be painted, their products, and the score of each image under the template.

    Parameters
    ----------
    images : dict of str to ndarray (H, W)
        By name, 1 to 8 of them; rounded to two decimals.
    template : ndarray (H, W)
        To begin with; rounded to two decimals.

    Returns
    -------
    LivePicture

    Raises
    ------
    ValueError
        If there is no image or more than 8, or the shapes differ or exceed 32 by 32.
    """
    shapes = {np.shape(image) for image in (*images.values(), template)}
    if not 1 <= len(images) <= MOST:
        raise ValueError(f"1 to {MOST} images are needed, not {len(images)}")
    if len(shapes) != 1 or template.ndim != 2 or max(template.shape) > SIDE:
        raise ValueError(f"images and template should share one shape (H, W), at most {SIDE} by {SIDE}: {shapes}")
    data = {"images": {name: np.round(image, 2) for name, image in images.items()}, "template": np.round(template, 2)}
    first = next(iter(images))
    still = pictures({first: images[first], "template": template, "products": images[first] * template})
    alt = f"{still.alt} Where this is live, the template can be painted, and the scores of {len(images)} images follow."
    return LivePicture("Paint a template", "template.js", data, lambda: still, alt, height=520)
