"""A data set's archive in the user's cache: fetched once, resumed where a download was cut, checked, unpacked.

Several programs may ask for it at once, such as two notebooks: one of them does the work, and the others wait for it.
"""

import contextlib
import hashlib
import os
import shutil
import tarfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cs_utils.datasets.dataset import DatasetUnavailable
from cs_utils.progress import Progress, duration, time_left
from cs_utils.system import DRIVE, in_browser

# pooch and filelock are imported where something is fetched: a browser has neither, nor what they need.


@dataclass(frozen=True)
class Archive:
    """A .tar.gz file on the network that holds a data set.

    Attributes
    ----------
    title : str
        What the data set is called in messages.
    url : str
    size : int
        In bytes.
    sha256 : str
        Its checksum, as hexadecimal digits.
    loader : str
        The function that downloads it, as one would call it.
    folder : str
        What it unpacks to.
    files : tuple of str
        The names of the files that are unpacked; whatever else it holds is left out.
    """

    title: str
    url: str
    size: int
    sha256: str
    loader: str
    folder: str
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]


@dataclass(frozen=True)
class Files:
    """The files of a data set: in the folder `place`, or in memory, read from the archive `place`."""

    place: Path
    contents: Mapping[str, bytes] | None = None

    def read(self, name: str) -> bytes:
        """Return what a file holds.

        Raises
        ------
        FileNotFoundError
            If it is missing.
        DatasetUnavailable
            If it cannot be read.
        """
        try:
            return (self.place / name).read_bytes() if self.contents is None else self.contents[name]
        except (FileNotFoundError, KeyError):
            raise FileNotFoundError(f"{self.place}: {name} is missing") from None
        except OSError as error:
            raise DatasetUnavailable(f"{self.place / name} cannot be read: {error.strerror or error}") from None


def cache_folder() -> Path:
    """Return where downloads are kept: the user's cache, wherever this system has that; in a browser the notebooks'."""
    if in_browser():
        return DRIVE
    import pooch

    return Path(pooch.os_cache("convnets-from-scratch"))


def find_or_fetch(archive: Archive, download: bool) -> Files:
    """Return the files of a data set from the cache, where its archive is downloaded to if need be.

    Raises DatasetUnavailable where there is no copy, ValueError where the archive there is damaged.
    """
    folder, path = cache_folder() / archive.folder, cache_folder() / archive.name
    if in_browser():
        return _dropped_in(archive, folder, path)
    # The archive is deleted after it was unpacked: asked in this order, there is always one of the two.
    if not os.path.isfile(path) and not os.path.isdir(folder) and not download:
        raise DatasetUnavailable(
            f"There is no copy of {archive.title} on this machine; datasets.{archive.loader} downloads it once "
            f"({archive.size / 1e6:.0f} MB). {_how_to_by_hand(archive)}"
        )
    if os.path.isdir(folder):
        return Files(folder)
    with _only_one(path):
        if os.path.isdir(folder):  # made by the program that this one has waited for
            return Files(folder)
        if not os.path.isfile(path):
            _download(archive, path)
        return _unpack(path, folder, read_archive(archive, path))


def _dropped_in(archive: Archive, folder: Path, path: Path) -> Files:
    """Return the files of a copy that was put among the notebooks; it stays as it is: a browser has little room."""
    if os.path.isdir(folder):
        return Files(folder)
    if os.path.isfile(path):
        return read_archive(archive, path)
    raise DatasetUnavailable(
        f"There is no copy of {archive.title} in this browser, and a page may not fetch one from another host. The "
        "course on your own machine fetches it: python course.py data"
    )


def read_archive(archive: Archive, path: Path) -> Files:
    """Return the files that are in the archive at `path`, without unpacking them to the disk.

    Raises DatasetUnavailable where it cannot be read, ValueError where it is damaged.
    """
    try:
        if not _is_whole(archive, path):
            raise ValueError(
                f"{path} is damaged: it should have {archive.size:,} bytes and the SHA-256 checksum {archive.sha256}. "
                f"Delete it, then call {archive.loader} to download it, or save it there anew."
            )
        contents = {}
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                name, source = PurePosixPath(member.name).name, tar.extractfile(member)
                if source is not None and name in archive.files:
                    contents[name] = source.read()
    except OSError as error:
        raise DatasetUnavailable(f"{path} cannot be read: {error.strerror or error}") from None
    return Files(path, contents)


def _is_whole(archive: Archive, path: Path) -> bool:
    if path.stat().st_size != archive.size:
        return False
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == archive.sha256


def _unpack(path: Path, folder: Path, files: Files) -> Files:
    """Write the files to `folder`, in one step, and delete the archive at `path`; if that fails, leave it as it was."""
    assert files.contents is not None
    draft = folder.with_name(f"{folder.name}.part")
    try:
        shutil.rmtree(draft, ignore_errors=True)  # of a program that was killed
        draft.mkdir()
        for name, data in files.contents.items():
            (draft / name).write_bytes(data)
        os.replace(draft, folder)
    except OSError:  # a cache that may only be read, a full disk: the next call reads the archive again
        shutil.rmtree(draft, ignore_errors=True)
        return files
    with contextlib.suppress(OSError):
        path.unlink()
    return Files(folder)


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the lock of what becomes `path`; the system frees it when its holder ends, however it ends."""
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"Another program is preparing {path.name}; waiting for it ...", flush=True)
        lock.acquire()
    except OSError:  # the cache may only be read: nothing is written that two could write at once
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _how_to_by_hand(archive: Archive) -> str:
    return f"To put a copy by hand, save {archive.url} in the folder {cache_folder()} (it need not be unpacked)."


def _download(archive: Archive, path: Path) -> None:
    """Write the archive to `path`, going on where an earlier download was cut."""
    part = path.with_name(f"{path.name}.part")
    print(f"Downloading {archive.title}, once, to {path.parent} (from a slow server it may take an hour)", flush=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "ab") as file:
            _Transfer(archive, file).finish()
        whole = _is_whole(archive, part)
        if whole:
            os.replace(part, path)
        else:
            part.unlink()
    except OSError as error:
        raise DatasetUnavailable(
            f"{archive.title} could not be downloaded; what has arrived is kept, and {archive.loader} goes on from "
            f"there. {_how_to_by_hand(archive)} The reason was: {error}"
        ) from None
    if not whole:
        raise DatasetUnavailable(
            f"What {archive.url} sent does not have the checksum of {archive.title}'s archive, so it was deleted. "
            f"{_how_to_by_hand(archive)}"
        )


class _Transfer:
    """The part of an archive that has arrived; pooch writes the rest to it as if it were the file."""

    def __init__(self, archive: Archive, file: IO[bytes]) -> None:
        self.archive, self.file = archive, file
        self.progress = Progress()
        self.received, self.began = 0, time.monotonic()

    def finish(self) -> None:
        """Ask for the rest as long as each attempt brings something."""
        size, url = self.archive.size, self.archive.url
        while (start := self.file.tell()) < size:
            failure = OSError(f"{url} ended after {start:,} of {size:,} bytes")
            try:
                self._receive(start)
            except OSError as error:
                failure = error
            if self.file.tell() <= start:
                raise failure
        self.progress.keep(f"{size / 1e6:.0f} MB are here after {duration(time.monotonic() - self.began)}")

    def _receive(self, start: int) -> None:
        import pooch

        receive = pooch.HTTPDownloader(
            chunk_size=2**13,  # bytes; what has arrived of a chunk is lost when the connection is cut
            headers={"Range": f"bytes={start}-", "Accept-Encoding": "identity"},
            hooks={"response": self._check_size},
        )
        receive(self.archive.url, self, None)

    def _check_size(self, response: Any, **_: Any) -> None:
        """Refuse another file before a byte is written: a page from a proxy must not become a part of the archive."""
        if response.status_code not in (200, 206):
            response.close()  # pooch raises the error, and leaves the connection open
            return
        begin = self.file.tell() if response.status_code == 206 else 0  # 200: the whole file, whatever was asked for
        size = begin + int(response.headers.get("Content-Length", 0))
        if size != self.archive.size:
            response.close()
            raise OSError(f"{self.archive.url} announces a file of {size:,} bytes, not {self.archive.size:,}")
        if begin == 0:
            self.file.seek(0)
            self.file.truncate()

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.received += len(data)
        self.progress.show(self._line, every=0.5)

    def flush(self) -> None:
        self.file.flush()

    def _line(self) -> str:
        here, size = self.file.tell(), self.archive.size
        left = time_left(self.received, size - here, time.monotonic() - self.began)
        return f"{here / 1e6:.1f} of {size / 1e6:.0f} MB{left}"
