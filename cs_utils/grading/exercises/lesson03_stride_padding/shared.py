"""What several exercises of lesson 03 use: images on which windows fit."""


def side(places: int, size: int, stride: int, pad: int) -> int:
    """Return the pixels of an axis with this many places, or with the fewest more that leave at least one pixel."""
    while (n := size - 2 * pad + stride * (places - 1)) < 1:
        places += 1
    return n
