"""A limit on the time of one call, so that a loop that never ends costs seconds and not the notebook.

A second thread waits. When the time is up, it has the interpreter raise `TooLong` in the thread that makes the call, as
Ctrl-C raises KeyboardInterrupt. This works on Windows, macOS and Linux and in any thread of a Jupyter kernel, leaves no
thread computing, and costs an honest answer nothing, because no line of it is traced. An alarm signal exists only on
POSIX, and only in the main thread; a separate process could not see the notebook's names.

Python in a browser has no second thread. There the loops of the call look at the clock themselves, see `_Loops`.

It can't interrupt a single call into C, such as ``time.sleep(1e9)`` or one huge matrix product, because the interpreter
raises such an error only between two of its own instructions. There the limit of the notebook's cell remains.
"""

import ctypes
import math
import sys
import threading
import time
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

CELL = 120  # seconds of one cell of a notebook, in Validate and in grading
LIMIT = 10.0  # seconds of one call; right answers in plain loops take less than a fiftieth
PATIENCE = 3  # times the limit for a call that hardly computes: it sleeps, or the machine is busy
TICK = 0.05  # seconds between two looks at the time
# Not asked of cs_utils.system: nbgrader's settings run this file where cs_utils may not be installed.
WITHOUT_THREADS = sys.platform in ("emscripten", "wasi")


class TooLong(BaseException):
    """A call ran out of time. It is no Exception, so that a student's ``except Exception`` does not catch it."""


def call_within(seconds: float, function: Callable[..., Any], *arguments: Any) -> Any:
    """Return ``function(*arguments)``, or raise TooLong when it takes longer than `seconds`.

    The time must be up both on the clock and in computing time, so that a student loses none of it on a machine that is
    busy with other work or that computes with many threads. By the clock alone a call may take `PATIENCE` times as
    long. A bare ``except:`` that catches TooLong gets another one on its next line. With no limit, ``math.inf``, nobody
    watches.
    """
    if math.isinf(seconds):
        return function(*arguments)
    watch = _Loops(seconds) if WITHOUT_THREADS else _Watch(seconds)
    try:
        try:
            watch.begin()
            return function(*arguments)
        finally:
            watch.end()
    except TooLong as stop:
        watch.end()  # again, because the first time may have been cut short by a tick
        stop.args = (
            f"it did not come back within {seconds:g} s: is there a loop that never ends, "
            "or could it be done with fewer loops?",
        )
        raise


class _Watch:
    """The watch over one call, created in the thread that makes the call."""

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
        """End the thread, and take back an error that it raised but that has not arrived: it would hit other code."""
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
            except TooLong:  # it arrived here: start over
                pass

    def _wait(self) -> None:
        """Wait until the call is over; once its time is up, raise at every tick."""
        waited, begin = 0.0, time.process_time()
        while not self.over.acquire(timeout=TICK):
            waited += TICK  # ticks, not the clock: none passes while a laptop sleeps or a grader is paused
            computed = time.process_time() - begin
            if waited >= PATIENCE * self.seconds or min(waited, computed) >= self.seconds:
                self._raise_in_caller(ctypes.py_object(type("TooLong", (_ComesBack,), {"watch": self})))

    def _raise_in_caller(self, error: ctypes.py_object) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.caller), error)


class _ComesBack(TooLong):
    """If it is caught and dropped while its call still runs, the next line raises another one."""

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
        if event == "line":  # only in these frames: functions called from now on are not traced
            raise cls


class _Loops:
    """The watch over one call where nobody else can wait: each turn of a loop, and each call, looks at the clock.

    Python reports them (PEP 669, since Python 3.12). A right answer of a few thousand turns loses milliseconds to that.
    """

    TOOL = 3  # a number that neither debuggers, profilers nor coverage take

    def __init__(self, seconds: float) -> None:
        self.ends = time.perf_counter() + seconds
        self.running = False

    def begin(self) -> None:
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is None or monitoring.get_tool(self.TOOL) is not None:  # an outer call is watched: it ends both
            return
        monitoring.use_tool_id(self.TOOL, "call_within")
        self.running = True
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(self.TOOL, event, self._look)
        monitoring.set_events(self.TOOL, monitoring.events.JUMP | monitoring.events.PY_START)

    def end(self) -> None:
        if self.running:
            self.running = False
            monitoring: Any = getattr(sys, "monitoring", None)
            monitoring.set_events(self.TOOL, 0)
            monitoring.free_tool_id(self.TOOL)

    def _look(self, code: CodeType, *_: Any) -> None:
        if code.co_filename != __file__ and time.perf_counter() > self.ends:  # not in `end`, which must come to its own
            raise TooLong
