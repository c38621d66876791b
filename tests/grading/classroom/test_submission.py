"""What comes along with a notebook, and what is left out."""

from cs_utils.grading.classroom.submission import copy_handed_in
from cs_utils.grading.limits import LARGEST_FILE


def test_only_the_files_that_are_allowed_come_along(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    for name in ("convnet.npz", "numpy.py", "timestamp.txt"):
        (tmp_path / "in" / name).write_text("x", encoding="utf-8")
    assert copy_handed_in(tmp_path / "in", tmp_path / "out", ["convnet.npz"]) == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["convnet.npz", "timestamp.txt"]


def test_a_file_that_is_too_large_or_no_file_is_left_out_and_told(tmp_path):
    (tmp_path / "convnet.npz").write_bytes(bytes(LARGEST_FILE + 1))
    (tmp_path / "timestamp.txt").mkdir()
    (tmp_path / "out").mkdir()
    told = copy_handed_in(tmp_path, tmp_path / "out", ["convnet.npz"])
    assert len(told) == 2
    assert not list((tmp_path / "out").iterdir())
