"""How a live picture is put together: its page, the iframe that shows it in a notebook, and the still beside it."""

import html
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cs_utils.figures.picture import Picture, nobody_looks

FOLDER = Path(__file__).parent
DECIMALS = 4  # of embedded numbers: the last bits differ between processors, and nobody sees them
LARGEST = 60_000  # bytes of one live picture, without its still


class LivePicture:
    """A picture to be touched, as one piece of HTML; where it can't run, a still with alt text stands in for it.

    It runs in an iframe of its own, so that no key that is meant for it reaches the notebook, and no style of the
    notebook reaches it. Where scripts are not allowed (a notebook that is not trusted, GitHub) the iframe is taken
    out, and with it what hides the still; on paper the still is shown, too.

    Parameters
    ----------
    title : str
        What it is, in a few words, for screen readers.
    script : str
        Name of the JavaScript file in this folder, such as "filter.js".
    data : dict
        What the script gets, as JSON: numbers, texts, lists and arrays; floats are rounded to 4 decimals.
    still : callable
        Draws the picture that stands in. It is called when the live picture is first shown.
    alt : str
        What the still shows and what one can do with the live picture, in one or two sentences.
    height : int
        In pixels of the screen, where nothing adjusts it: a page that allows iframes and no scripts.

    Raises
    ------
    ValueError
        If alt is empty.
    """

    def __init__(
        self,
        title: str,
        script: str,
        data: Mapping[str, Any],
        still: Callable[[], Picture],
        alt: str,
        height: int = 480,
    ) -> None:
        if not alt.strip():
            raise ValueError("a live picture needs an alt text: one or two sentences that say what it shows")
        self.title, self.alt, self.height = title, alt, height
        self._script, self._data, self._draw = script, data, still

    @cached_property
    def page(self) -> str:
        """The live picture alone, as a whole HTML page."""
        return page(self.title, [self._script], self._data, self.alt)

    @cached_property
    def still(self) -> Picture:
        """The picture that stands in where the live one can't run."""
        return self._draw()

    def _repr_html_(self) -> str:
        if nobody_looks():
            return f"<p>[{html.escape(self.alt)}]</p>"
        still = Picture._repr_html_(self.still).replace(html.escape(self.still.alt), html.escape(self.alt), 1)
        return (
            f'<iframe class="live-picture" title="{html.escape(self.title)}" sandbox="allow-scripts" '
            f'style="width: 100%; height: {self.height}px; border: none" srcdoc="{html.escape(self.page)}"></iframe>'
            f"{still}<style>{_read('around.css')}</style><script>{_read('around.js')}</script>"
        )

    def __repr__(self) -> str:
        return f"LivePicture({self.alt!r})"


def page(title: str, scripts: list[str], data: Mapping[str, Any], alt: str) -> str:
    """Return a whole HTML page that shows a live picture, with nothing to be fetched.

    Parameters
    ----------
    title : str
    scripts : list of str
        Names of JavaScript files in this folder; `common.js` runs before them.
    data : dict
        What the scripts find as `DATA`; floats are rounded to 4 decimals.
    alt : str
        Shown where scripts are switched off.
    """
    text = json.dumps(rounded(data), separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    code = "\n".join(map(_read, ["common.js", *scripts]))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_read('common.css')}</style></head>"
        f'<body><noscript><p>{html.escape(alt)}</p></noscript><main id="picture"></main>'
        f'<p id="said" role="status" aria-live="polite"></p>'
        f"<script>const DATA = {text};\n{code}</script></body></html>"
    )


def rounded(value: Any, decimals: int = DECIMALS) -> Any:
    """Return what JSON can hold of numbers, texts, lists, dicts and arrays; floats rounded, whole ones without a point.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    """
    if isinstance(value, Mapping):
        return {str(key): rounded(part, decimals) for key, part in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return rounded(value.tolist(), decimals)
    if isinstance(value, list | tuple):
        return [rounded(part, decimals) for part in value]
    if isinstance(value, float):
        if not np.isfinite(value):
            raise ValueError(f"a live picture shows finite numbers only, not {value}")
        short = round(value, decimals)
        return int(short) if short == int(short) else short
    return value


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
