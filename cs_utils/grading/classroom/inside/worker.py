"""The process in the hull: forks one child per submission, and the child runs its cells and calls its functions.

`python worker.py CONTROL` is started by `sandbox.Hull` with the number of a socket. For each submission a socket of its
own arrives through it; what is said there is answered by `_Session`. All that the judge reads from that socket may have
been written by the student's code, so nothing said there is trusted: see `wire`.
"""

import array
import contextlib
import gc
import importlib.util
import io
import logging
import os
import resource
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cs_utils import datasets, layers
from cs_utils.checks import inputs
from cs_utils.checks.errors import raised_by_the_answer, where_it_stopped
from cs_utils.checks.limit import TooLong, call_within
from cs_utils.checks.stubs import standing_in
from cs_utils.engine.threads import one_blas_thread

from . import jail, wire
from .console import Outputs, make_console, run

HOME = "/home/student"


def main(control: socket.socket) -> None:
    """Serve one submission after the other until the judge closes the control socket."""
    jail.hide_from_children()
    console = make_console(Outputs(0, 0))
    _warm_up()
    gc.freeze()  # what is shared with the children is not copied because their collectors looked at it
    wire.send(control, {"ready": True})
    while True:
        try:
            message, descriptors = _receive_with_socket(control)
        except wire.Closed:
            return
        channel = socket.socket(fileno=descriptors)
        if (child := os.fork()) == 0:
            control.close()
            os._exit(_prison(channel, console, message))
        channel.close()
        before = _cpu_of_children()
        _, status = os.waitpid(child, 0)
        wire.send(control, {"ended": os.waitstatus_to_exitcode(status), "cpu": _cpu_of_children() - before})


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _warm_up() -> None:
    """Import and do what most notebooks need, once for all; and what needs /proc, which the children do not have."""
    for name in ("datasets", "figures", "gradient_check", "layers", "model", "training"):
        importlib.import_module(f"cs_utils.{name}")
    if "draw" in sys.argv:
        datasets.load_dataset("shapes10")  # it is kept, and each lesson that asks for it gets a copy
    plt = importlib.import_module("matplotlib.pyplot")
    plt.figure().canvas.draw()
    plt.close("all")
    x, w, b = np.ones((1, 8, 8, 16), np.float32), np.ones((3, 3, 16, 16), np.float32), np.ones(16, np.float32)
    with one_blas_thread():
        layers.conv2d_backward(layers.conv2d(x, w, b), x, w)


def _receive_with_socket(control: socket.socket) -> tuple[dict[str, Any], int]:
    """The order for a new session, and the number of its socket, which comes with one byte ahead of the message."""
    _, ancillary, _, _ = control.recvmsg(1, socket.CMSG_LEN(array.array("i").itemsize))
    if not ancillary:
        raise wire.Closed("the judge has ended")
    (number,) = array.array("i", ancillary[0][2])
    return wire.receive(control), number


def _prison(channel: socket.socket, console: Any, order: dict[str, Any]) -> int:
    """Enter namespaces of its own, and let a child be process 1 there; return how that ended."""
    os.setsid()  # a signal to its own group must not reach the process that forked it
    jail.enter_namespaces()
    if (child := os.fork()) == 0:
        code = 1
        try:
            jail.die_with_parent()
            limits = order["limits"]
            jail.furnish(HOME, limits["disk"])
            jail.drop_privileges()
            jail.limit(limits["memory"], limits["cpu"], limits["file"], limits["processes"], limits["descriptors"])
            code = _Session(channel, console, order, Path(HOME)).serve()
        finally:
            os._exit(code)
    channel.close()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return min(code, 127) if code >= 0 else 128 - code  # what a submission returns is never taken for a signal


class _Session:
    """One submission: its namespace is that of the console."""

    def __init__(self, channel: socket.socket, console: Any, order: dict[str, Any], home: Path) -> None:
        self.channel, self.console = channel, console
        console.outputs.a_cell, console.outputs.left = order["limits"]["cell_output"], order["limits"]["output"]
        (home / "work").mkdir()
        os.chdir(home / "work")
        for name, content in order["files"].items():
            Path(name).write_bytes(content.tobytes())

    def serve(self) -> int:
        answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]]
        answers = {"run": self.run, "call": self.call, "get": self.get}
        while True:
            try:
                order = wire.receive(self.channel)
            except wire.Closed:
                return 0
            reply = answers[order["do"]](order)
            wire.send(self.channel, {"number": order["number"], **reply})
            if self.console.ended:
                return 0

    def run(self, order: dict[str, Any]) -> dict[str, Any]:
        """Run a cell; where somebody will look at it, its pictures are drawn."""
        os.environ.pop("COURSE_DRAW", None)
        if order["draw"]:
            os.environ["COURSE_DRAW"] = "yes"
        try:
            return run(self.console, order["source"], lambda work: call_within(order["seconds"], work))
        except TooLong as error:
            self.console.outputs.error("CellTimeoutError", str(error), [str(error)])
            return {"ok": False, "outputs": self.console.outputs.found, "too_long": True}

    def get(self, order: dict[str, Any]) -> dict[str, Any]:
        """What is there of that name: a function, plain data, or nothing."""
        if order["name"] not in self.console.user_ns:
            return {"kind": "missing"}
        value = self.console.user_ns[order["name"]]
        return {"kind": "function"} if callable(value) else {"kind": "data", "value": value}

    def call(self, order: dict[str, Any]) -> dict[str, Any]:
        """Call a function of the notebook, and say what came back and what its inputs look like now."""
        arguments = [_made(value) for value in order["arguments"]]
        function = self.console.user_ns[order["name"]]
        with _silent(), standing_in(_here(order["refused"])):
            try:
                value = call_within(order["seconds"], function, *arguments)
            except (Exception, SystemExit, TooLong) as error:
                return _told(error)
        return {"value": value, "arguments": [_kept(argument) for argument in arguments]}


def _made(value: Any) -> Any:
    return getattr(inputs, value.maker)(**value.options) if isinstance(value, wire.Recipe) else value


def _here(names: list[str]) -> tuple[str, ...]:
    """Those of the modules and functions of `cs_utils` that are mounted here."""
    return tuple(name for name in names if importlib.util.find_spec("cs_utils." + ".".join(name.split(".")[:1])))


def _kept(argument: Any) -> Any:
    return None if callable(argument) else argument


def _told(error: BaseException) -> dict[str, Any]:
    error = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)  # without the line of `call` here
    return {
        "error": [kind.__name__ for kind in type(error).__mro__],
        "says": _words(error)[:2000],
        "refused": raised_by_the_answer(error),
        "line": where_it_stopped(error),
        "too_long": isinstance(error, TooLong),
    }


def _words(error: BaseException) -> str:
    try:
        return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    except Exception:  # the student's own class of errors may do anything
        return ""


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep nothing that an answer prints or warns of while it is examined; begin with NumPy's own error state."""
    logging_before = logging.root.manager.disable
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
    ):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(logging_before)


def serve_without_walls(port: int) -> None:
    """Serve one submission as the process that this is: for submissions that are trusted."""
    channel = socket.create_connection(("127.0.0.1", port))
    wire.send(channel, {"token": os.environ.pop("COURSE_TOKEN")})
    order = wire.receive(channel)
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as home:
        _Session(channel, make_console(Outputs(0, 0)), order, Path(home)).serve()
        os.chdir(os.path.dirname(home))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the judge's business
    if sys.argv[1] == "open":
        serve_without_walls(int(sys.argv[2]))
    else:
        main(socket.socket(fileno=int(sys.argv[1])))
