"""A CIFAR-10 of 120 images, and a server on this machine that sends its archive."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from cs_utils.datasets import Dataset, cifar10

IMAGES = 20  # per file, instead of 10,000
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def small_files() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    files = {}
    for name in (*cifar10.TRAIN_FILES, *cifar10.TEST_FILES):
        records = rng.integers(0, 256, (IMAGES, 3073), np.uint8)
        records[:, 0] %= 10
        files[name] = records.tobytes()
    return files | {cifar10.NAMES_FILE: "".join(f"{name}\n" for name in [*NAMES, ""]).encode()}


def archive_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in {**files, "readme.html": b"<p>"}.items():
            member = tarfile.TarInfo(f"{cifar10.ARCHIVE.folder}/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


class Host:
    """What the server sends, how it fails, and which first bytes it was asked for."""

    def __init__(self, body: bytes) -> None:
        self.body, self.status, self.ranges = body, 200, True
        self.cuts: list[int] = []  # after how many bytes the next answers break off
        self.starts: list[int] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.archive = replace(cifar10.ARCHIVE, size=len(body), sha256=hashlib.sha256(body).hexdigest())

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        start = int(request.headers.get("Range", "bytes=0-")[len("bytes=") : -1])
        self.starts.append(start)
        self.may_answer.wait(60)
        if self.status != 200:
            request.send_error(self.status)
            return
        part = self.body[start:] if self.ranges else self.body
        request.send_response(206 if self.ranges and start else 200)
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        request.wfile.write(part[: self.cuts.pop(0)] if self.cuts else part)

    @contextmanager
    def serving(self) -> Iterator[None]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.archive = replace(self.archive, url=f"http://127.0.0.1:{server.server_port}/{cifar10.ARCHIVE.name}")
        yield
        server.shutdown()
        thread.join()
        server.server_close()


def write_copy(folder: Path) -> None:
    """Write an unpacked copy."""
    folder.mkdir(parents=True)
    for name, data in small_files().items():
        (folder / name).write_bytes(data)


def assert_is_small_copy(dataset: Dataset) -> None:
    train = b"".join(small_files()[name] for name in cifar10.TRAIN_FILES)
    for images, labels, data in (
        (dataset.train_images, dataset.train_labels, train),
        (dataset.test_images, dataset.test_labels, small_files()["test_batch.bin"]),
    ):
        n = len(data) // 3073
        assert images.shape == (n, 32, 32, 3)
        assert labels.shape == (n,)
        assert images.dtype == labels.dtype == np.uint8
        assert labels.tolist() == list(data[::3073])
        for i, row, column, channel in np.random.default_rng(1).integers(0, [n, 32, 32, 3], (200, 4)):
            assert images[i, row, column, channel] == data[i * 3073 + 1 + channel * 1024 + row * 32 + column]
    assert dataset.name == "CIFAR-10"
    assert dataset.class_names == tuple(NAMES)
