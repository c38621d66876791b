"""A limit on the time of one call, so that a loop that never ends costs seconds and not the notebook.

A second thread waits. When time is up it has the interpreter raise `TooLong` in the thread that makes the call, as
Ctrl-C raises KeyboardInterrupt. Of all ways this one works on Windows, macOS and Linux, in any thread of a Jupyter
kernel, leaves no thread behind that goes on computing, and costs an honest answer nothing: no line of it is traced. An
alarm signal exists on POSIX only, and in the main thread only; a process of its own could not see the notebook's names.

What it can't do: interrupt a single call into C, such as ``time.sleep(1e9)`` or one huge matrix product, for the
interpreter looks at what is to be raised between two steps of Python. There the limit of the notebook's cell remains.
"""

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

CELL = 120  # seconds of one cell of a notebook, in Validate and in grading
LIMIT = 10.0  # seconds of one call; right answers in plain loops take less than a fiftieth
PATIENCE = 3  # a call that hardly computes (it sleeps, or the machine is busy) has this many times the limit
TICK = 0.05  # seconds


class TooLong(BaseException):
    """A call ran out of time. Not an Exception, so that a student's ``except Exception`` lets it pass."""


def call_within(seconds: float, function: Callable, *arguments: Any) -> Any:
    """Return ``function(*arguments)``, or raise TooLong when it takes longer than `seconds`.

    The time must be up both on the clock and in computing time: neither a machine that is busy with other work nor
    one that computes with many threads takes time from a student. On the clock alone it may take `PATIENCE` times
    as long. A bare ``except:`` that catches TooLong gets another one with its next line.
    """
    watch = _Watch(seconds)
    try:
        try:
            watch.begin()
            return function(*arguments)
        finally:
            watch.end()
    except TooLong as stop:
        watch.end()  # again, for the first time may have been cut short by a tick
        stop.args = (
            f"it did not come back within {seconds:g} s: is there a loop that never ends, "
            "or could it be done with fewer loops?",
        )
        raise


class _Watch:
    """The watch over one call, made in the thread that calls."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.running = True
        self.caller = threading.get_ident()
        self.tracer = sys.gettrace()  # a debugger's
        self.over = threading.Lock()
        self.over.acquire()
        self.thread = threading.Thread(target=self._wait, daemon=True)

    def begin(self) -> None:
        self.thread.start()

    def end(self) -> None:
        """End the thread, and take back what it raised but has not arrived: it would go off in other code."""
        while True:
            try:
                self.running = False
                if self.over.locked():
                    self.over.release()
                if self.thread.is_alive():
                    self.thread.join()
                self._raise_in_caller(ctypes.py_object())
                if sys.gettrace() is not self.tracer:
                    sys.settrace(self.tracer)
                return
            except TooLong:  # it arrived here: begin again
                pass

    def _wait(self) -> None:
        """Wait until the call is over; from when its time is up, raise with every tick."""
        waited, begin = 0.0, time.process_time()
        while not self.over.acquire(timeout=TICK):
            waited += TICK  # ticks, not the clock: while a laptop sleeps, or a grader is paused, none goes by
            computed = time.process_time() - begin
            if waited >= PATIENCE * self.seconds or min(waited, computed) >= self.seconds:
                self._raise_in_caller(ctypes.py_object(type("TooLong", (_ComesBack,), {"watch": self})))

    def _raise_in_caller(self, error: ctypes.py_object) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.caller), error)


class _ComesBack(TooLong):
    """When it is caught and forgotten while its call still runs, the next line raises another one."""

    watch: _Watch

    def __del__(self) -> None:
        if self.watch.running:
            frame: FrameType | None = sys._getframe(1)  # the one that caught it
            while frame is not None and frame.f_code.co_filename != __file__:
                frame.f_trace = self._raise_again
                frame = frame.f_back
            sys.settrace(self._raise_again)

    @classmethod
    def _raise_again(cls, frame: FrameType, event: str, argument: Any) -> None:
        if event == "line":  # in one of these frames; what is called anew is not traced
            raise cls
