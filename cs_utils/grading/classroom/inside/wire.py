"""What crosses between the judge and a sandbox: plain data, typed and bounded, and no pickle.

A message is a JSON text and the bytes of its arrays, each with its length in front. Whoever reads it takes every byte
for hostile: types come from a short list, sizes and depth are checked before memory is set aside, and what does not fit
raises `Broken`. A value that cannot cross arrives as an `Opaque`, which knows only what its type was called.
"""

import json
import math
import select
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

LARGEST_MESSAGE = 64 * 2**20  # bytes of a message, its arrays included
LARGEST_TEXT = 8 * 2**20  # bytes of its JSON
DEEPEST = 20  # lists within lists
MOST_VALUES = 200_000  # numbers, texts, lists, ... outside of arrays
MOST_DIGITS = 1_000  # of a whole number
KINDS = "biuf"  # of the arrays that may cross: booleans, whole numbers, floats
_LENGTHS = struct.Struct(">II")


class Broken(Exception):
    """What arrived is no message, or not one of those that are expected."""


class Closed(Broken):
    """The other side has ended."""


class TooLate(Broken):
    """Nothing, or not all of it, arrived in time."""


@dataclass(frozen=True)
class Opaque:
    """A value that stays where it is; `kind` is the name of its type."""

    kind: str

    def __repr__(self) -> str:
        return f"<{self.kind}>"


@dataclass(frozen=True)
class Recipe:
    """A value to be made on the other side: the name of a function of `cs_utils.checks.inputs`, and its options."""

    maker: str
    options: dict[str, Any] = field(default_factory=dict)


def send(channel: socket.socket, message: dict[str, Any], seconds: float | None = None) -> None:
    """Send a message; raise Closed where nobody listens any more, TooLate where it is not taken within `seconds`."""
    blobs: list[bytes] = []
    text = json.dumps(_encode(message, blobs, 0), ensure_ascii=True).encode()
    body = b"".join(blobs)
    channel.settimeout(seconds)
    try:
        channel.sendall(_LENGTHS.pack(len(text), len(body)) + text + body)
    except TimeoutError as error:
        raise TooLate("the message was not taken") from error
    except OSError as error:
        raise Closed("the other side has ended") from error


def receive(channel: socket.socket, seconds: float | None = None) -> dict[str, Any]:
    """Return the next message, or raise Broken, within `seconds` whatever trickles in."""
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    n_text, n_body = _LENGTHS.unpack(_read(channel, _LENGTHS.size, deadline))
    if n_text > LARGEST_TEXT or n_text + n_body > LARGEST_MESSAGE:
        raise Broken(f"a message of {n_text + n_body:,} bytes")
    text, body = _read(channel, n_text, deadline), _read(channel, n_body, deadline)
    try:
        message = _Decoder(body).decode(json.loads(text, parse_int=_whole_number), 0)
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError, OverflowError) as error:
        raise Broken(f"no message: {type(error).__name__}") from error
    if not isinstance(message, dict):
        raise Broken("no message: no dict")
    return message


def _read(channel: socket.socket, size: int, deadline: float) -> bytes:
    data = bytearray()
    while len(data) < size:
        left = None if deadline == math.inf else max(0.0, deadline - time.monotonic())
        if not select.select([channel], [], [], left)[0]:
            raise TooLate("nothing arrived in time")
        try:
            part = channel.recv(min(size - len(data), 2**20))
        except OSError as error:
            raise Closed("the other side has ended") from error
        if not part:
            raise Closed("the other side has ended")
        data += part
    return bytes(data)


def _encode(value: Any, blobs: list[bytes], depth: int) -> Any:
    """Return a value in terms of JSON: what JSON has, as it is; the rest as {type: ...}."""
    if depth > DEEPEST:
        return {"opaque": type(value).__name__}
    match value:
        case None | bool() | str():
            return value if type(value) in (type(None), bool, str) else {"opaque": type(value).__name__}
        case np.ndarray() | np.generic() if value.dtype.kind in KINDS and value.nbytes <= LARGEST_MESSAGE:
            array = np.asarray(value)
            array = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False)).reshape(array.shape)
            blobs.append(array.tobytes())
            kind = "array" if isinstance(value, np.ndarray) else "scalar"
            return {kind: [array.dtype.str, list(array.shape), len(blobs[-1])]}
        case int() if _is_whole_number(value):
            return value
        case float() if type(value) is float:
            return {"float": value.hex()}
        case list() if type(value) is list:
            return [_encode(item, blobs, depth + 1) for item in value]
        case tuple() if type(value) is tuple:
            return {"tuple": [_encode(item, blobs, depth + 1) for item in value]}
        case dict() if type(value) is dict and all(type(key) in (str, bool) or _is_whole_number(key) for key in value):
            pairs = [[key, _encode(item, blobs, depth + 1)] for key, item in value.items()]
            return {"dict": pairs}
        case Recipe():
            return {"recipe": [value.maker, _encode(value.options, blobs, depth + 1)]}
        case Opaque():
            return {"opaque": value.kind}
    return {"opaque": type(value).__name__}


def _is_whole_number(value: Any) -> bool:
    """Is it a whole number that JSON's readers and Python's own writer of digits can bear?"""
    return type(value) is int and value.bit_length() < 3 * MOST_DIGITS


class _Decoder:
    """The way back, which counts what it makes."""

    def __init__(self, body: bytes) -> None:
        self.body, self.position, self.values = body, 0, 0

    def decode(self, text: Any, depth: int) -> Any:
        self.values += 1
        if depth > 2 * DEEPEST + 4 or self.values > MOST_VALUES:
            raise ValueError("too deep or too many")
        match text:
            case None | bool() | int() | str():
                return text
            case list():
                return [self.decode(item, depth + 1) for item in text]
            case {"float": str(digits)}:
                return float.fromhex(digits)
            case {"array": [str(dtype), list(shape), int(size)]}:
                return self.array(dtype, shape, size)
            case {"scalar": [str(dtype), [], int(size)]}:
                return self.array(dtype, [], size)[()]
            case {"tuple": list(items)}:
                return tuple(self.decode(item, depth + 1) for item in items)
            case {"dict": list(pairs)}:
                return {self.key(key): self.decode(item, depth + 1) for key, item in pairs}
            case {"recipe": [str(maker), options]}:
                return Recipe(maker, self.decode(options, depth + 1))
            case {"opaque": str(kind)}:
                return Opaque(kind[:80])
        raise ValueError("not a value that may cross")

    def key(self, key: Any) -> Any:
        if type(key) not in (str, int, bool):
            raise ValueError("not a key that may cross")
        return key

    def array(self, name: str, shape: list[Any], size: int) -> np.ndarray:
        if len(name) > 4 or len(shape) > 12 or not all(type(n) is int and n >= 0 for n in shape):
            raise ValueError("not an array that may cross")
        dtype = np.dtype(name)
        if dtype.kind not in KINDS or math.prod(shape) * dtype.itemsize != size:
            raise ValueError("an array of another size")
        part = self.body[self.position : self.position + size]
        self.position += size
        # A copy: of its own memory, writable, in this machine's byte order.
        return np.frombuffer(part, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=True)


def _whole_number(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("a number of too many digits")
    return int(digits)
