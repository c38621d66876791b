"""Pictures and animations that carry a text for readers who can't see them."""

import base64
import hashlib
import html
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from PIL import Image

STYLE: dict[Any, Any] = {
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # ships with matplotlib, so a picture is the same on every machine
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
}


SMALLEST = 0.8  # of a picture's own size: letters of 10 points are then 11 pixels high, and of 7 points 8


class Picture:
    """A drawing as PNG with its alt text; shows itself in a notebook.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What is drawn. It is rendered when it is first shown.
    alt : str
        What the picture shows, for readers who can't see it: one or two sentences.
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        if not alt.strip():
            raise ValueError("a picture needs an alt text: one or two sentences that say what it shows")
        self.alt = alt
        self._figure = figure

    @cached_property
    def png(self) -> bytes:
        """The picture as PNG."""
        return _render(self._figure)

    def _repr_html_(self) -> str:
        if nobody_looks():
            return f"<p>[{html.escape(self.alt)}]</p>"
        return f'<img alt="{html.escape(self.alt)}" src="{_data_address(self.png)}" style="{_fitting(self.png)}">'

    def __repr__(self) -> str:
        return f"Picture({self.alt!r})"


class Animation:
    """Frames with play buttons, as one piece of HTML that needs no kernel; without scripts it shows its first frame.

    Parameters
    ----------
    draw : callable
        ``draw(i) -> Figure`` draws frame i.
    frames : int
        How many, 1 to 25: more would make a notebook heavy on a slow network.
    alt : str
        What moves, in one or two sentences.
    """

    def __init__(self, draw: Callable[[int], Figure], frames: int, alt: str) -> None:
        if not 1 <= frames <= 25:
            raise ValueError(f"an animation has 1 to 25 frames, not {frames}")
        if not alt.strip():
            raise ValueError("an animation needs an alt text: one or two sentences that say what moves")
        self.alt = alt
        self._draw, self._number = draw, frames

    @cached_property
    def frames(self) -> list[bytes]:
        """Each frame as PNG, in 32 colours: a quarter of the size, and it looks the same."""
        return [_with_palette(_render(self._draw(i))) for i in range(self._number)]

    def _repr_html_(self) -> str:
        if nobody_looks():
            return f"<p>[{html.escape(self.alt)}]</p>"
        addresses = [_data_address(png) for png in self.frames]
        name = "animation_" + hashlib.sha256("".join(addresses).encode()).hexdigest()[:12]
        pictures = ",".join(f'"{address}"' for address in addresses)
        return PLAYER.format(
            name=name,
            alt=html.escape(self.alt),
            first=addresses[0],
            frames=pictures,
            last=len(addresses) - 1,
            style=_fitting(self.frames[0]),
        )

    def __repr__(self) -> str:
        return f"Animation of {self._number} frames({self.alt!r})"


# The attribute keeps JupyterLab from taking the keys that slider and buttons understand. It looks for it from the
# element that has the focus upwards, and at that one first, so each of them has its own.
PLAYER = """<div id="{name}">
<img alt="{alt}" src="{first}" style="{style}"><br>
<button type="button" aria-label="one step back" data-lm-suppress-shortcuts="true">&#9664; back</button>
<button type="button" aria-label="play or pause" data-lm-suppress-shortcuts="true">play</button>
<button type="button" aria-label="one step on" data-lm-suppress-shortcuts="true">on &#9654;</button>
<input type="range" min="0" max="{last}" value="0" aria-label="step" data-lm-suppress-shortcuts="true"
  style="vertical-align: middle">
</div>
<script>
(function () {{
  const box = document.getElementById("{name}"), frames = [{frames}];
  const [back, play, on] = box.querySelectorAll("button");
  const picture = box.querySelector("img"), slider = box.querySelector("input");
  let timer = null;
  const show = (i) => {{ slider.value = (i + frames.length) % frames.length; picture.src = frames[slider.value]; }};
  const stop = () => {{ clearInterval(timer); timer = null; play.textContent = "play"; }};
  back.onclick = () => {{ stop(); show(+slider.value - 1); }};
  on.onclick = () => {{ stop(); show(+slider.value + 1); }};
  slider.oninput = () => {{ stop(); show(+slider.value); }};
  play.onclick = () => {{
    if (timer) return stop();
    play.textContent = "pause";
    timer = setInterval(() => show(+slider.value + 1), 600);
  }};
}})();
</script>"""


@contextmanager
def style() -> Iterator[None]:
    """A context in which figures are drawn in the course's one style."""
    with matplotlib.rc_context(STYLE):
        yield


def nobody_looks() -> bool:
    """Where a notebook is graded or validated, the alt text is enough, but for cells that people look at.

    Drawing takes long: half of the time that Validate needs for lesson 02.
    """
    return "NBGRADER_EXECUTION" in os.environ and "COURSE_DRAW" not in os.environ


def _render(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format="png", bbox_inches="tight", metadata={"Software": None})
    return buffer.getvalue()


def _fitting(png: bytes) -> str:
    """How a picture fits into a narrow window: it shrinks while its numbers can be read, and then it is scrolled."""
    width = int.from_bytes(png[16:20], "big")  # where the PNG format has it
    return f"max-width: 100%; min-width: {round(SMALLEST * width)}px"


def _with_palette(png: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(32).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def _data_address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
