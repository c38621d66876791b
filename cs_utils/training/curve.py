"""The loss so far, as a small picture that grows while a training runs in a notebook."""

import base64
from collections.abc import Sequence

import numpy as np

WIDTH, HEIGHT = 360, 80  # pixels
MARGIN = 4
POINTS = 120  # the most; each is the mean of several steps


def loss_curve(done: Sequence[float], losses: Sequence[float]) -> str:
    """Return an image, as HTML, of the losses of the steps so far.

    Parameters
    ----------
    done : sequence of float
        For each step the fraction of the training that was done before it. The picture's right edge is 1.
    losses : sequence of float
        Its loss; finite. At least one.

    Returns
    -------
    str
        An ``img`` element. It is drawn without matplotlib: a picture each second would take time from the training.
    """
    parts = min(len(losses), POINTS)
    x, y = (np.array([part.mean() for part in np.array_split(np.asarray(row), parts)]) for row in (done, losses))
    top = max(float(y.max()), 1e-9)
    right, down = x * (WIDTH - 2 * MARGIN) + MARGIN, (1 - y / top) * (HEIGHT - 2 * MARGIN) + MARGIN
    points = " ".join(f"{h:.1f},{v:.1f}" for h, v in zip(right, down, strict=True))
    line, words = 'fill="none" stroke-linejoin="round"', 'text-anchor="end" font-size="12" fill="#888"'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">'
        f'<path d="M{MARGIN},{MARGIN}V{HEIGHT - MARGIN}H{WIDTH - MARGIN}" {line} stroke="#888"/>'
        f'<text x="{WIDTH - MARGIN}" y="14" {words}>loss (axis: 0 to {top:.2f})</text>'
        f'<polyline points="{points}" {line} stroke="#2a7fd4" stroke-width="2"/></svg>'
    )
    told = f"The loss of the steps so far: at first {y[0]:.2f}, now {y[-1]:.2f}."
    return f'<img alt="{told}" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'
