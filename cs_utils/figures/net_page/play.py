"""`figures.play`: write a student's net as a page that can be sent to a friend."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from cs_utils.datasets import Dataset, load_course_dataset
from cs_utils.figures.net_page.page import page
from cs_utils.files import replace_atomically

NAME = "my_net.html"


class HasParameters(Protocol):
    """Lesson 06's `YourNet`, or anything else that has its `parameters`."""

    @property
    def parameters(self) -> Mapping[str, np.ndarray]: ...


class NetFile:
    """The page that was written; shows its name and size in a notebook.

    Attributes
    ----------
    path : pathlib.Path
    size : int or None
        Bytes. None while a notebook is graded or tested: then there is no page.
    """

    def __init__(self, path: Path, size: int | None) -> None:
        self.path, self.size = path, size

    def __repr__(self) -> str:
        if self.size is None:
            return f"{self.path.name} is not written here, because this notebook is being graded or tested."
        return (
            f"{self.path.name}, {self.size / 1000:.0f} kB: your net in one file. Open it in a browser, or send it to a "
            "friend."
        )


def play(
    net: HasParameters | Mapping[str, np.ndarray],
    dataset: Dataset | None = None,
    to: str | os.PathLike[str] = NAME,
    title: str = "My net",
) -> NetFile:
    """Write a net as one HTML file in which anybody can draw, paint over filters, and try to fool it.

    The file needs no Python and no network: it holds the net's parameters, five test images of each class, and
    JavaScript that computes what lesson 06's `convnet_scores` computes. It works on a phone and with the keyboard.

    Parameters
    ----------
    net : object with `parameters`, or dict of str to ndarray
        The net of lesson 06: w_conv (F, F, C, K), b_conv (K,), w_fc (H/2 * W/2 * K, classes), b_fc (classes,).
    dataset : Dataset, optional
        What it was trained on; without it, the data set that the lessons run on.
    to : str or path
        The file, by default ``my_net.html`` beside the notebook; an existing one is replaced in one step.
    title : str
        The title on the page.

    Returns
    -------
    NetFile
        Says the file's name and size. Nothing is written while nbgrader runs the notebook, or in the instructor's
        folder ``solutions/``, whose files would be handed out to everyone.

    Raises
    ------
    ValueError
        If the parameters are not those of such a net; the message names the shapes that were expected.
    OSError
        If the file cannot be written.
    """
    path = Path(to)
    if _is_watched():
        return NetFile(path, None)
    parameters = net if isinstance(net, Mapping) else net.parameters
    text = page(parameters, dataset or load_course_dataset(), title).encode("utf-8")
    with replace_atomically(path) as draft:
        draft.write_bytes(text)
    return NetFile(path, len(text))


def _is_watched() -> bool:
    return "NBGRADER_EXECUTION" in os.environ or Path.cwd().parent.name == "solutions"
