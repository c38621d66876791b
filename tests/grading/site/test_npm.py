"""A package from npm is fetched once and checked; where that can't be, the message says what to do."""

import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from cs_utils.grading.site import npm
from cs_utils.grading.site.npm import NotAtHand, Package


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(npm, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """An npm that packs `ARCHIVE`; the calls are noted."""
    calls: list[list[str]] = []

    def run(command: list[str], cwd: Path, **_: object) -> subprocess.CompletedProcess:
        calls.append(command)
        (Path(cwd) / "thing-1.0.tgz").write_bytes(ARCHIVE)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(npm.shutil, "which", lambda _: "npm")
    monkeypatch.setattr(npm.subprocess, "run", run)
    return calls


def archive() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        member = tarfile.TarInfo("package/thing.js")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"1+1;"))
    return file.getvalue()


ARCHIVE = archive()
THING = Package("thing", "1.0", hashlib.sha256(ARCHIVE).hexdigest())


def test_it_is_fetched_once(fetches: list) -> None:
    assert THING.read("thing.js") == THING.read("thing.js") == b"1+1;"
    assert [call[1:3] for call in fetches] == [["pack", "thing@1.0"]]


def test_what_is_damaged_in_the_cache_is_fetched_again(fetches: list, cache: Path) -> None:
    cache.mkdir()
    THING.archive.write_bytes(b"half")
    assert THING.read("thing.js") == b"1+1;"
    assert len(fetches) == 1


def test_what_has_another_checksum_is_refused_and_not_kept(fetches: list, cache: Path) -> None:
    other = Package("thing", "1.0", "0" * 64)
    with pytest.raises(NotAtHand, match="checksum"):
        other.read("thing.js")
    assert list(cache.iterdir()) == []


def test_without_npm_it_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setattr(npm.shutil, "which", lambda _: None)
    assert not THING.is_at_hand
    with pytest.raises(NotAtHand, match=r"Node\.js") as caught:
        THING.read("thing.js")
    assert str(cache) in str(caught.value)
    assert "thing-1.0.tgz" in str(caught.value)
