"""What several files of answers of lesson 03 use."""


def expect_places(n, size, stride, pad):
    """Return the places of a window on one axis; raise ValueError, as a right answer does, if it does not fit."""
    places, rest = divmod(n - size + 2 * pad, stride)
    if places < 0 or rest:
        raise ValueError(f"windows of {size} with stride {stride} do not fit {n} pixels with padding {pad}")
    return places + 1
