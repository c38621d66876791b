"""What crosses between judge and sandbox: plain data come back as they went, and no bytes do harm."""

import contextlib
import json
import socket
import struct
import threading
import time

import hypothesis.extra.numpy as npst
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cs_utils.grading.classroom.inside import wire

ARRAYS = npst.arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_, np.float16, np.dtype(">f8")]),
    npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | st.text() | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(-9, 9), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.fixture
def ends():
    pair = socket.socketpair()
    yield pair
    for end in pair:
        end.close()


def sent_and_received(message):
    here, there = socket.socketpair()
    with here, there:
        sender = threading.Thread(target=wire.send, args=(here, message))
        sender.start()
        found = wire.receive(there, 10)
        sender.join()
    return found


def same(a, b) -> bool:
    if isinstance(a, np.ndarray | np.generic):
        return (
            type(a) is type(b)
            and a.shape == b.shape
            and a.dtype == b.dtype
            and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        )
    if isinstance(a, float):
        return type(b) is float and (a == b or (a != a and b != b))
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@settings(deadline=None, max_examples=200)
@given(PLAIN)
def test_plain_data_come_back_as_they_went(value):
    found = sent_and_received({"value": value})["value"]
    assert same(_native(value), found)


def _native(value):
    """The same with arrays in this machine's byte order, as they arrive."""
    if isinstance(value, np.ndarray):
        return value.astype(value.dtype.newbyteorder("="))
    if isinstance(value, list | tuple):
        return type(value)(_native(item) for item in value)
    return {key: _native(item) for key, item in value.items()} if isinstance(value, dict) else value


def test_an_array_that_arrives_is_writable_and_of_its_own():
    given_ = np.arange(4.0)
    found = sent_and_received({"a": given_, "s": np.float32(1.5)})
    found["a"][0] = 7
    assert given_[0] == 0
    assert isinstance(found["s"], np.float32)


class Always:
    def __eq__(self, other):
        return True

    def __array__(self, *_, **__):
        return np.zeros(3)


@pytest.mark.parametrize(
    "value",
    [
        Always(),
        np.array([object()], dtype=object),
        {1.5: 2},
        {(1, 2): 3},
        print,
        object,
        np.array(["text"]),
        10**2000,
        {10**5000: 1},
        {1, 2},
    ],
)
def test_what_is_no_plain_data_arrives_as_opaque(value):
    found = sent_and_received({"value": value})["value"]
    assert isinstance(found, wire.Opaque)
    assert found != value if not isinstance(value, Always) else found is not value


class Number(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    "value", [Number(1.0), type("T", (str,), {})("x"), type("D", (dict,), {})(a=1), type("L", (list,), {})([1])]
)
def test_a_subclass_of_a_plain_type_does_not_cross(value):
    assert isinstance(sent_and_received({"value": value})["value"], wire.Opaque)


def test_a_deep_value_ends_as_opaque():
    value = []
    for _ in range(200):
        value = [value]
    found = sent_and_received({"value": value})["value"]
    for _ in range(100):
        if isinstance(found, wire.Opaque):
            return
        found = found[0]
    pytest.fail("it went through")


def framed(text: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">II", len(text), len(body)) + text + body


HOSTILE = {
    "no JSON": framed(b"{"),
    "no dict": framed(b"[]"),
    "a huge length": struct.pack(">II", 2**32 - 1, 2**32 - 1),
    "a huge body": struct.pack(">II", 2, wire.LARGEST_MESSAGE + 1) + b"{}",
    "nothing but a length": struct.pack(">II", 10, 0),
    "deep": framed(b'{"dict": [["a", ' + b"[" * 50_000 + b"]" * 50_000 + b"]]}"),
    "an unknown type": framed(b'{"pickle": "gASVAAAA"}'),
    "an array of objects": framed(json.dumps({"dict": [["a", {"array": ["|O", [1], 8]}]]}).encode(), b"x" * 8),
    "a shape that does not fit": framed(
        json.dumps({"dict": [["a", {"array": ["<f8", [1000, 1000], 8]}]]}).encode(), b"x" * 8
    ),
    "a negative shape": framed(json.dumps({"dict": [["a", {"array": ["<f8", [-1, -1], 8]}]]}).encode(), b"x" * 8),
    "a shape of floats": framed(json.dumps({"dict": [["a", {"array": ["<f8", [1.0], 8]}]]}).encode(), b"x" * 8),
    "a structured dtype": framed(json.dumps({"dict": [["a", {"array": ["f8,f8", [1], 16]}]]}).encode(), b"x" * 16),
    "no dtype": framed(json.dumps({"dict": [["a", {"array": ["zz", [1], 8]}]]}).encode(), b"x" * 8),
    "bytes that are not there": framed(json.dumps({"dict": [["a", {"array": ["<f8", [9], 72]}]]}).encode()),
    "a key that is a list": framed(b'{"dict": [[[1], 2]]}'),
    "a number of 5,000 digits": framed(b'{"dict": [["a", ' + b"9" * 5000 + b"]]}"),
    "many values": framed(b'{"dict": [["a", [' + b"1," * 300_000 + b"1]]]}"),
    "half an emoji as a float": framed(b'{"dict": [["a", {"float": "\\ud83d"}]]}'),
    "no UTF-8": framed(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_message_is_refused(data, ends):
    here, there = ends
    sender = threading.Thread(target=_say, args=(here, data))
    sender.start()
    with pytest.raises(wire.Broken):
        wire.receive(there, 5)
    there.close()
    sender.join()


def _say(here, data):
    with contextlib.suppress(OSError):  # where the other side did not listen to the end
        here.sendall(data)
        here.shutdown(socket.SHUT_WR)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.binary(max_size=40))
def test_random_bytes_are_a_message_or_broken(text, body):
    here, there = socket.socketpair()
    with here, there:
        here.sendall(framed(text, body))
        here.shutdown(socket.SHUT_WR)
        with contextlib.suppress(wire.Broken):
            assert isinstance(wire.receive(there, 5), dict)


def test_one_that_trickles_is_too_late(ends):
    here, there = ends

    def trickle():
        with contextlib.suppress(OSError):
            for byte in struct.pack(">II", 2, 0) * 1000:
                here.sendall(bytes([byte]))
                time.sleep(0.05)

    sender = threading.Thread(target=trickle)
    sender.start()
    with pytest.raises(wire.TooLate):
        wire.receive(there, 0.3)
    there.close()
    sender.join()


def test_one_that_does_not_read_is_not_waited_for(ends):
    here, _ = ends
    with pytest.raises(wire.TooLate):
        wire.send(here, {"a": np.zeros(5_000_000)}, 0.3)


def test_one_that_is_gone_is_closed(ends):
    here, there = ends
    here.close()
    with pytest.raises(wire.Closed):
        wire.receive(there, 5)
