"""`figures.play` and its command: what is written, where, and what is said of a net that does not fit."""

import html
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from cs_utils import figures, play
from cs_utils.datasets import DatasetUnavailable
from cs_utils.figures.net_page import page as pages
from cs_utils.files import save_arrays
from tests.figures.net_page.nets import dataset, parameters


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """The folder of a student's notebook."""
    folder = tmp_path / "06_cifar10_convnet"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return folder


def test_the_lectures_net_takes_at_most_500_kb_and_is_the_same_bytes_each_time(notebook):
    written = figures.play(SimpleNamespace(parameters=parameters()), dataset())
    first = (notebook / "my_net.html").read_bytes()
    assert written.size == len(first)
    assert len(first) <= 500_000
    assert f"my_net.html, {len(first) / 1000:.0f} kB" in repr(written)
    figures.play(parameters(), dataset(), "again.html")
    assert (notebook / "again.html").read_bytes() == first
    assert sorted(path.name for path in notebook.iterdir()) == ["again.html", "my_net.html"]  # no draft is left


def test_the_page_needs_nothing_from_elsewhere():
    text = pages.page(parameters(), dataset())
    assert not re.search(r"https?://|src=|href=|@import|url\(", text)
    assert "{{" not in text
    assert "default-src 'none'" in text


def test_a_title_is_text_whatever_it_holds():
    title = "Anna's <b>net</b> </script> {{data}} $x"
    assert f"<title>{html.escape(title)}</title>" in pages.page(parameters(), dataset(), title)


def test_examples_are_five_of_each_class_of_the_test_images():
    labels = dataset().test_labels
    chosen = pages.examples(labels, 10)
    assert np.bincount(labels[chosen]).tolist() == [5] * 10
    assert (np.diff(chosen) > 0).all()


def test_nothing_is_written_while_a_notebook_is_graded(notebook, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert "not written" in repr(figures.play(parameters(), dataset()))
    assert list(notebook.iterdir()) == []


def test_nothing_is_written_in_the_instructors_folder(tmp_path, monkeypatch):
    folder = tmp_path / "solutions" / "06_cifar10_convnet"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert figures.play(parameters(), dataset()).size is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"w_fc": np.zeros((3071, 10), np.float32)}, r"w_fc \(3072, 10\)"),
        ({"b_conv": np.zeros(11, np.float32)}, r"b_conv \(12,\)"),
        ({"w_conv": np.zeros((2, 2, 3, 12), np.float32)}, r"w_conv \(3, 3, 3, K\)"),
        ({"extra": np.zeros(1, np.float32)}, "extra"),
        ({"b_fc": np.full(10, np.nan, np.float32)}, "b_fc must hold finite"),
        ({"b_fc": np.zeros(10, int)}, "b_fc must hold finite"),
    ],
)
def test_a_net_that_does_not_fit_is_refused_with_the_shapes_that_do(change, said):
    with pytest.raises(ValueError, match=said):
        pages.page(parameters() | change, dataset())


def test_parameters_that_are_missing_are_refused():
    with pytest.raises(ValueError, match=r"w_conv \(3, 3, 3, K\).*got none"):
        pages.page({}, dataset())


# ---- the command


def test_the_command_writes_the_page_beside_the_net(tmp_path):
    save_arrays(tmp_path / "convnet.npz", parameters(), {"dataset": "shapes10"})
    command = [sys.executable, "-W", "error", "-m", "cs_utils.play", str(tmp_path / "convnet.npz")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert "my_net.html" in result.stdout
    assert pages._base64(parameters()["w_fc"]) in (tmp_path / "my_net.html").read_text(encoding="utf-8")


def test_the_command_writes_where_it_is_told_with_the_title_told(tmp_path, monkeypatch):
    monkeypatch.setattr(play, "load_dataset", lambda name, download: {"shapes10": dataset}[name]())
    save_arrays(tmp_path / "convnet.npz", parameters(), {"dataset": "shapes10"})
    assert play.main([str(tmp_path / "convnet.npz"), "--to", str(tmp_path / "a.html"), "--title", "Anna's net"]) == 0
    written = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<h1>Anna&#x27;s net</h1>" in written
    assert written == pages.page(parameters(), dataset(), "Anna's net")


@pytest.mark.parametrize(
    ("arrays", "info", "said"),
    [
        (parameters(), {}, "does not say which data set"),
        (parameters(), {"dataset": "MNIST"}, "no data set 'MNIST'"),
        ({"w": np.zeros(3)}, {"dataset": "shapes10"}, r"w_conv (3, 3, 3, K)"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_net(tmp_path, capsys, arrays, info, said):
    save_arrays(tmp_path / "convnet.npz", arrays, info)
    assert play.main([str(tmp_path / "convnet.npz")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "my_net.html").exists()


def test_the_command_says_what_to_do_without_a_net_or_a_folder(tmp_path, capsys):
    assert play.main([str(tmp_path / "none.npz")]) == 1
    assert "lesson 06 trains your net" in capsys.readouterr().err
    save_arrays(tmp_path / "convnet.npz", parameters(), {"dataset": "shapes10"})
    assert play.main([str(tmp_path / "convnet.npz"), "--to", str(tmp_path / "no" / "a.html")]) == 1
    assert "make it first" in capsys.readouterr().err
    (tmp_path / "bad.npz").write_bytes(b"PK")
    assert play.main([str(tmp_path / "bad.npz")]) == 1
    assert "bad.npz is not a readable file" in capsys.readouterr().err


def test_the_command_says_which_data_set_it_misses(tmp_path, capsys, monkeypatch):
    def missing(name, download):
        raise DatasetUnavailable("there is no copy here")

    monkeypatch.setattr(play, "load_dataset", missing)
    save_arrays(tmp_path / "convnet.npz", parameters(), {"dataset": "CIFAR-10"})
    assert play.main([str(tmp_path / "convnet.npz")]) == 1
    assert "was trained on CIFAR-10" in capsys.readouterr().err
