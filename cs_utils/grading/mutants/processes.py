"""Each mutant in a process of its own: it may loop for ever, fill the memory, or write into what is shared."""

import gc
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

MEMORY = 1_500_000_000  # bytes of address space that a mutant may take on top
WAITING = 40  # times its computing time that a process may take on the clock of a busy machine


class Stopped(Exception):
    """A process took too long."""


class Crashed(Exception):
    """A process ended without a result."""


def in_a_process(function: Callable[[], Any], seconds: float) -> Any:
    """Return what `function` returns in a copy of this process, by way of JSON.

    Raises
    ------
    Stopped
        If it computes for longer than `seconds`, on however busy a machine.
    Crashed
        If it ends without a result: out of memory, or by a signal.
    RuntimeError
        If the function raises an error; its traceback is the message.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    gc.freeze()  # or each new process would copy the pages of all objects that its collector looks at
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads: BLAS has some, which wait
        child = os.fork()
    if child == 0:
        os.close(reader)
        _run(function, writer, seconds)
    os.close(writer)
    try:
        text = _read(reader, time.monotonic() + WAITING * seconds)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(reader)
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        raise Stopped
    if not text:
        raise Crashed
    result = json.loads(text)
    if "failed" in result:
        raise RuntimeError(result["failed"])
    return result["returned"]


def _run(function: Callable[[], Any], writer: int, seconds: float) -> None:
    """In the new process: write what the function returns, and end; the kernel ends it when its time is up."""
    try:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))
        try:
            result = {"returned": function()}
        except MemoryError:
            os._exit(1)
        except Exception:
            result = {"failed": traceback.format_exc()}
        text = json.dumps(result).encode()
        while text:
            text = text[os.write(writer, text) :]
    finally:
        os._exit(0)


def _read(reader: int, end: float) -> bytes:
    text = b""
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise Stopped
        if not (more := os.read(reader, 65_536)):
            return text
        text += more
