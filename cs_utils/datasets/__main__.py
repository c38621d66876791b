"""``python course.py data``: fetch CIFAR-10, take in a copy, or say where one is."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from cs_utils.datasets.cifar10 import ARCHIVE, load_cifar10
from cs_utils.datasets.dataset import DatasetUnavailable
from cs_utils.datasets.download import cache_folder
from cs_utils.files import replace_atomically
from cs_utils.system import replace_unprintable


def take(path: Path) -> None:
    """Copy an archive, or a folder of CIFAR-10's binary version, to the cache, after it was read.

    Raises
    ------
    DatasetUnavailable
        If there is none at that path.
    ValueError
        If it is damaged.
    """
    try:
        load_cifar10(path)
    except DatasetUnavailable as error:
        raise DatasetUnavailable(str(error).replace("`root`", "--from")) from None
    folder = next((place for place in (path / ARCHIVE.folder, path) if (place / ARCHIVE.files[0]).is_file()), None)
    cache_folder().mkdir(parents=True, exist_ok=True)
    if folder is None:
        archive = path / ARCHIVE.name if path.is_dir() else path
        with replace_atomically(cache_folder() / ARCHIVE.name) as draft:
            shutil.copyfile(archive, draft)
        return
    target = cache_folder() / ARCHIVE.folder
    if target.exists():
        raise FileExistsError(f"There is a copy already, in {target}; delete it first if it is damaged.")
    with tempfile.TemporaryDirectory(dir=target.parent) as place:  # a folder appears whole or not at all
        draft = Path(place) / ARCHIVE.folder
        draft.mkdir()
        for name in ARCHIVE.files:
            shutil.copyfile(folder / name, draft / name)
        draft.replace(target)


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked for; return 1, with the reason on standard error, if that can't be done."""
    megabytes = f"{ARCHIVE.size / 1e6:.0f} MB"
    parser = argparse.ArgumentParser(
        prog="course.py data",
        description=f"Fetch {ARCHIVE.title} ({megabytes}), once, to {cache_folder()}. A download that was cut goes on "
        "where it ended. The lessons run without it, on images that are drawn by code.",
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--from", dest="source", type=Path, metavar="PATH", help=f"take {ARCHIVE.name}, or the folder")
    chosen.add_argument("--status", action="store_true", help="only say whether there is a copy, and where")
    options = parser.parse_args(arguments)
    try:
        if options.source is not None:
            take(options.source.expanduser())
        found = load_cifar10(download=not options.status and options.source is None)
    except (DatasetUnavailable, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    where = os.environ.get("CIFAR10_DIR") or cache_folder()
    print(
        f"{found.name} is in {where}: {len(found.train_images):,} training and {len(found.test_images):,} test images."
    )
    return 0


if __name__ == "__main__":
    replace_unprintable()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped. What has arrived is kept; the same command goes on from there.")
