"""Pyodide's files: from a folder, or fetched once and kept; what is damaged is refused."""

import functools
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_utils.grading.site import pyodide


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay a release of two packages, of which the course needs one and what it depends on."""
    folder = tmp_path / "release"
    folder.mkdir()
    packages = {}
    for name, depends in {"wanted": ["needed_too"], "needed-too": [], "other": []}.items():
        file = folder / f"{name}-1.0-py3-none-any.whl"
        file.write_bytes(name.encode())
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        packages[name] = {"name": name, "file_name": file.name, "sha256": sha256, "depends": depends}
    lock = json.dumps({"info": {}, "packages": packages}).encode()
    (folder / pyodide.LOCK).write_bytes(lock)
    monkeypatch.setattr(pyodide, "CORE", {pyodide.LOCK: hashlib.sha256(lock).hexdigest()})
    monkeypatch.setattr(pyodide, "PACKAGES", ("wanted",))
    monkeypatch.setattr(pyodide, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv("PYODIDE_DIR", raising=False)
    return folder


@pytest.fixture
def served(release: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Serve the release; yield what is asked for."""
    asked: list[str] = []

    class Handler(Quiet):
        def do_GET(self) -> None:
            asked.append(self.path.strip("/"))
            super().do_GET()

    handler = functools.partial(Handler, directory=str(release))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(pyodide, "RELEASE", f"http://127.0.0.1:{server.server_port}/")
    yield asked
    server.shutdown()
    server.server_close()


def test_a_folder_is_copied_as_far_as_it_is_needed(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYODIDE_DIR", str(release))
    assert set(pyodide.put_into(tmp_path / "site")) == {"wanted", "needed-too"}
    names = {path.name for path in (tmp_path / "site").iterdir()}
    assert names == {path.name for path in release.iterdir()} - {"other-1.0-py3-none-any.whl"}


def test_what_is_fetched_is_fetched_once_and_a_cut_fetch_goes_on(
    release: Path, served: list[str], tmp_path: Path
) -> None:
    needed = release / "needed-too-1.0-py3-none-any.whl"
    away = needed.rename(release / "away")
    with pytest.raises(pyodide.NoPyodide, match="needed-too"):
        pyodide.put_into(tmp_path / "first")
    before = list(served)
    away.rename(needed)
    pyodide.put_into(tmp_path / "second")
    assert served[len(before) :] == [needed.name]
    pyodide.put_into(tmp_path / "third")
    assert len(served) == len(before) + 1


@pytest.mark.parametrize("from_folder", [True, False])
def test_a_damaged_file_is_refused_by_name(
    release: Path, served: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_folder: bool
) -> None:
    (release / "wanted-1.0-py3-none-any.whl").write_bytes(b"something else")
    if from_folder:
        monkeypatch.setenv("PYODIDE_DIR", str(release))
    with pytest.raises(pyodide.NoPyodide, match="wanted"):
        pyodide.put_into(tmp_path / "site")


def test_wheels_are_put_beside_and_found_by_the_name_that_is_imported(release: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "cs_utils-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    pyodide.write_lock(release, {}, [wheel])
    (entry,) = json.loads((release / pyodide.LOCK).read_bytes())["packages"].items()
    assert entry[0] == "cs-utils"
    assert entry[1]["imports"] == ["cs_utils"]
    assert entry[1]["sha256"] == hashlib.sha256((release / entry[1]["file_name"]).read_bytes()).hexdigest()
