"""Files are whole or absent, and a hostile .npz file is refused before it does harm."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from cs_utils.files import load_arrays, replace_atomically, save_arrays


def npz(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


def npy(array):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array)
    return stream.getvalue()


def test_arrays_and_info_come_back(tmp_path):
    arrays = {"w": np.arange(6.0).reshape(2, 3), "none": np.zeros((0, 4), np.float32), "a/b": np.array(True)}
    info = {"data set": "shapes10", "mean": [0.5, float("nan")], "name": "Zoë"}
    save_arrays(tmp_path / "net.npz", arrays, info)
    loaded, loaded_info = load_arrays(tmp_path / "net.npz")
    assert loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        assert np.array_equal(loaded[name], array)
    assert loaded_info["name"] == "Zoë"
    with np.load(tmp_path / "net.npz", allow_pickle=False) as plain:
        assert np.array_equal(plain["w"], arrays["w"])


def test_the_same_arrays_give_the_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        save_arrays(tmp_path / name, {"w": np.ones(3)}, {"epoch": 1})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_what_numpy_saved_is_read(tmp_path):
    np.savez_compressed(tmp_path / "net.npz", w=np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    arrays, info = load_arrays(tmp_path / "net.npz")
    assert np.array_equal(arrays["w"], np.arange(6.0).reshape(2, 3))
    assert info == {}


@pytest.mark.parametrize("arrays", [{"w": np.array([object()])}, {"info": np.ones(1)}])
def test_what_cannot_be_saved_leaves_the_old_file(tmp_path, arrays):
    save_arrays(tmp_path / "net.npz", {"w": np.ones(1)})
    with pytest.raises(ValueError):
        save_arrays(tmp_path / "net.npz", arrays)
    assert np.array_equal(load_arrays(tmp_path / "net.npz")[0]["w"], np.ones(1))


def test_an_error_while_writing_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("old", encoding="utf-8")

    def interrupted():
        with replace_atomically(path) as temporary:
            assert temporary.parent == tmp_path
            assert temporary.suffix == ".txt"
            temporary.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [file.name for file in tmp_path.iterdir()] == ["text.txt"]
    assert path.read_text(encoding="utf-8") == "old"
    with replace_atomically(path) as temporary:
        temporary.write_text("new", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "new"


def hostile_files(folder):
    good = npy(np.arange(100.0))
    yield "empty", folder / "empty.npz", b""
    yield "text", folder / "text.npz", b"no archive"
    yield "plain npy", folder / "plain.npz", good
    yield "pickle", folder / "pickle.npz", pickle.dumps({"w": 1})
    save_arrays(folder / "whole.npz", {"w": np.arange(1000.0)})
    whole = (folder / "whole.npz").read_bytes()
    yield "cut", folder / "cut.npz", whole[:-50]
    yield "damaged", folder / "damaged.npz", whole[:3000] + b"\xff" * 8 + whole[3008:]
    huge = npy(np.zeros(1)).replace(b"'shape': (1,), }" + b" " * 20, b"'shape': (9999999999,), }" + b" " * 11)
    objects = io.BytesIO()
    np.lib.format.write_array(objects, np.array([{}]), allow_pickle=True)
    for name, data in [
        ("claims to be huge", huge),
        ("short", good[:-8]),
        ("long", good + b"12345678"),
        ("objects", objects.getvalue()),
        ("no array", b"hello"),
        ("nothing", b""),
    ]:
        yield name, npz(folder / f"{name}.npz", w=data), None
    yield "info is no JSON", npz(folder / "no json.npz", info=npy(np.array("{"))), None
    yield "info is a list", npz(folder / "list.npz", info=npy(np.array("[]"))), None


def test_hostile_files_are_refused_in_words(tmp_path):
    for _, path, data in hostile_files(tmp_path):
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(ValueError, match="npz"):
            load_arrays(path)


def test_size_is_bounded_before_anything_is_unpacked(tmp_path):
    bomb = npz(tmp_path / "bomb.npz", w=npy(np.zeros(2_000_000, np.uint8)))
    assert bomb.stat().st_size < 10_000
    with pytest.raises(ValueError, match="2,000,128"):
        load_arrays(bomb, max_bytes=1_000_000)
    assert load_arrays(bomb)[0]["w"].size == 2_000_000
    with pytest.raises(ValueError, match="bytes"):
        load_arrays(bomb, max_bytes=100)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_arrays(tmp_path / "nowhere.npz")
    with pytest.raises(ValueError):
        load_arrays(tmp_path)
