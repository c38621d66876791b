"""Lines of progress, the last of which is overwritten: on standard output, or in a notebook on a display of its own.

Never on standard error, because nbgrader takes anything there for a failure.
"""

import html
import math
import sys
import time
from collections.abc import Callable
from typing import Any

from cs_utils.system import in_notebook


class Progress:
    """Lines that stay, and below them one that changes.

    Parameters
    ----------
    enabled : bool
        Whether anything is shown at all.
    """

    def __init__(self, enabled: bool = True) -> None:
        self.enabled = enabled
        self.in_notebook = enabled and in_notebook()
        self.kept: list[str] = []
        self.handle: Any = None
        self.width = 0  # of the line that changes
        self.shown = -math.inf

    def keep(self, line: str) -> None:
        """Add a line that stays."""
        self.kept.append(line)
        if self.in_notebook:
            self._display("\n".join(self.kept))
        elif self.enabled:
            print("\r" * bool(self.width) + line.ljust(self.width), flush=True)
            self.width = 0

    def show(self, line: Callable[[], str], every: float, picture: Callable[[], str] | None = None) -> None:
        """Change the last line, at most once in `every` seconds; not in a file, where it would be noise.

        A `picture`, as HTML, stands below the line in a notebook, until the next line that stays.
        """
        if time.monotonic() - self.shown < every or not (self.in_notebook or (self.enabled and sys.stdout.isatty())):
            return
        self.shown, text = time.monotonic(), line()
        if self.in_notebook:
            self._display("\n".join([*self.kept, text]), picture() if picture else "")
        else:
            print("\r" + text.ljust(self.width), end="", flush=True)
            self.width = len(text)

    def clear(self) -> None:
        """Take the line that changes away."""
        if self.in_notebook and self.handle is not None:
            self._display("\n".join(self.kept))
        elif self.width:
            print("\r" + " " * self.width + "\r", end="", flush=True)
        self.width = 0

    def _display(self, text: str, picture: str = "") -> None:
        from IPython.display import display

        data = {"text/plain": text}
        if picture:
            data["text/html"] = f"<pre>{html.escape(text)}</pre>{picture}"
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


def time_left(done: float, left: float, seconds: float) -> str:
    """The end of a line of progress: ", about 83 s left", or nothing where nothing was done yet.

    Parameters
    ----------
    done, left : float
        How much is done and how much is left to do, in the same unit.
    seconds : float
        What the part that is done has taken.
    """
    return f", about {duration(seconds / done * left)} left" if done else ""


def duration(seconds: float) -> str:
    """4.2 s, 83 s, 2 min 05 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"
