"""`course.py data`: fetch, take in a copy, say where it is."""

import pytest

from cs_utils.datasets import __main__ as command
from cs_utils.datasets import cifar10


@pytest.fixture
def at(cache, monkeypatch):
    monkeypatch.setattr(command, "cache_folder", lambda: cache)
    return cache


def test_it_downloads_once_and_then_says_where_it_is(at, host, monkeypatch, capsys):
    assert command.main(["--status"]) == 1
    assert "no copy" in capsys.readouterr().err
    assert command.main([]) == 0
    assert str(at) in capsys.readouterr().out
    assert command.main(["--status"]) == 0


def test_it_takes_a_folder(at, copy):
    assert command.main(["--from", str(copy)]) == 0
    assert sorted(path.name for path in (at / cifar10.ARCHIVE.folder).iterdir()) == sorted(cifar10.ARCHIVE.files)
    assert sorted(path.name for path in at.iterdir()) == [cifar10.ARCHIVE.folder]


def test_it_takes_an_archive(at, host, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "ARCHIVE", host.archive)
    archive = tmp_path / host.archive.name
    archive.write_bytes(host.body)
    assert command.main(["--from", str(archive)]) == 0
    assert (at / host.archive.folder).is_dir()


def test_a_damaged_copy_is_not_taken(at, copy, capsys):
    (copy / cifar10.TEST_FILES[0]).write_bytes(b"half")
    assert command.main(["--from", str(copy)]) == 1
    assert cifar10.TEST_FILES[0] in capsys.readouterr().err
    assert not at.exists()


def test_a_copy_that_is_there_is_not_written_over(at, copy, capsys):
    command.main(["--from", str(copy)])
    assert command.main(["--from", str(copy)]) == 1
    assert str(at) in capsys.readouterr().err


def test_a_path_without_a_copy_is_named_as_the_option_that_gave_it(at, tmp_path, capsys):
    assert command.main(["--from", str(tmp_path / "nothing")]) == 1
    said = capsys.readouterr().err
    assert f"--from names {tmp_path / 'nothing'}" in said
    assert "root" not in said.replace(str(tmp_path), "")
