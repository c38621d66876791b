"""``python course.py play convnet.npz``: lesson 06's trained net as one HTML file to play with, or to send on."""

import argparse
import sys
from pathlib import Path

from cs_utils.datasets import DatasetUnavailable, load_dataset
from cs_utils.figures.net_page.page import page
from cs_utils.figures.net_page.play import NAME
from cs_utils.files import load_arrays, replace_atomically
from cs_utils.system import replace_unprintable


def main(arguments: list[str] | None = None) -> int:
    """Write the page; return 1, with the reason on standard error, if it can't be made."""
    parser = argparse.ArgumentParser(
        prog="course.py play",
        description="Write a net that lesson 06 trained and saved as one HTML file, to play with in any browser.",
    )
    parser.add_argument("net", type=Path, metavar="NET.npz", help="the file that lesson 06 saves, convnet.npz")
    parser.add_argument("--to", type=Path, metavar="FILE", help=f"where to write (default: {NAME} beside the net)")
    parser.add_argument("--title", default="My net", help="the title on the page")
    options = parser.parse_args(arguments)
    target = options.to or options.net.with_name(NAME)
    try:
        text = _page_of(options.net, options.title).encode("utf-8")
        if not target.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {target.parent} to write to: make it first")
        with replace_atomically(target) as draft:
            draft.write_bytes(text)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target}, {len(text) / 1000:.0f} kB: open it in a browser, or send it to a friend.")
    return 0


def _page_of(net: Path, title: str) -> str:
    if not net.exists():
        raise FileNotFoundError(f"there is no file {net}: lesson 06 trains your net and saves it as convnet.npz")
    parameters, info = load_arrays(net)
    name = info.get("dataset")
    if not isinstance(name, str):
        raise ValueError(f"{net.name} does not say which data set it was trained on, as lesson 06's file does")
    try:
        dataset = load_dataset(name, download=False)
    except DatasetUnavailable as error:
        raise DatasetUnavailable(
            f"{net.name} was trained on {name}, of which this page shows examples: {error}"
        ) from error
    try:
        return page(parameters, dataset, title)
    except ValueError as error:
        raise ValueError(f"{net.name}: {error}") from error


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
