"""One submission in the sandbox: run its cells, look at its names, call its functions. Every answer may be a lie."""

import base64
import builtins
import contextlib
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import psutil

from cs_utils.checks.calls import Remote
from cs_utils.checks.limit import PATIENCE, TooLong
from cs_utils.checks.values import Made
from cs_utils.grading import limits
from cs_utils.grading.classroom.inside import wire
from cs_utils.grading.classroom.records import CRASHED, INFRASTRUCTURE, MEMORY_LIMIT, TIME_LIMIT

TICK = 0.1  # seconds between two looks at what a session uses
PNG = b"\x89PNG\r\n\x1a\n"
KILLED = (128 + 9, -9)  # what is reported of a process that the kernel ended, or of the one around it


class Gone(Exception):
    """A session is over before its time; `status` is one of `records`, the message is for the student."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


class Hull(Protocol):
    """What a session asks of the sandbox that it is in: see `sandbox.Hull`."""

    process: subprocess.Popen[bytes] | None
    control: socket.socket | None

    def kill(self) -> None: ...


class Session:
    """What the judge has of the process in which a submission runs."""

    def __init__(self, hull: Hull, channel: socket.socket) -> None:
        self.hull, self.channel = hull, channel
        self.number = 0
        self.gone: Gone | None = None
        self.ended = False  # has the hull said so, or is it gone itself?
        self.deadline = time.monotonic() + limits.NOTEBOOK

    def run_cell(self, source: str, draw: bool = True) -> dict[str, Any]:
        """Run a cell; return {"ok": bool, "outputs": list, "count": int}, with outputs as notebooks hold them.

        Without `draw`, alt texts stand for the pictures of `cs_utils.figures`.
        """
        reply = self._ask({"do": "run", "source": source, "seconds": limits.CELL, "draw": draw}, limits.CELL)
        outputs = list(filter(None, map(_clean, _list(reply.get("outputs")))))
        count = reply.get("count")
        return {
            "ok": reply.get("ok") is True,
            "outputs": outputs,
            "count": count if isinstance(count, int) else None,
            "too_long": reply.get("too_long") is True,
        }

    def look_up(self, name: str) -> Any:
        """Return what the notebook calls by this name: a `StudentFunction`, or plain data; KeyError if nothing."""
        reply = self._ask({"do": "get", "name": name}, limits.GRACE)
        match reply.get("kind"):
            case "function":
                return StudentFunction(self, name)
            case "data":
                return reply.get("value")
        raise KeyError(name)

    def call(self, name: str, arguments: list[Any], seconds: float, refused: tuple[str, ...]) -> dict[str, Any]:
        order = {"do": "call", "name": name, "arguments": arguments, "seconds": seconds, "refused": list(refused)}
        return self._ask(order, PATIENCE * seconds)

    def close(self) -> None:
        """End the session. What does not end by itself is ended with the hull."""
        self.channel.close()
        if self.hull.control is None:
            self.hull.kill()
        elif not self.ended:
            try:
                wire.receive(self.hull.control, limits.GRACE)
            except wire.Broken:
                self.hull.kill()

    def _ask(self, order: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send an order and return the reply to it. From then on when the session is gone, always raise `Gone`."""
        if self.gone is None:
            try:
                return self._exchange(order, min(time.monotonic() + seconds, self.deadline) + limits.GRACE)
            except Gone as gone:
                self.gone = gone
        raise self.gone

    def _exchange(self, order: dict[str, Any], deadline: float) -> dict[str, Any]:
        self.number += 1
        try:
            wire.send(self.channel, {"number": self.number, **order}, limits.GRACE)
            reply = self._receive(deadline)
        except wire.Closed:
            raise self._why_it_ended() from None
        except wire.Broken as error:
            self.hull.kill()
            raise Gone(CRASHED, f"its Python process broke the grader's protocol: {error}") from None
        if reply.get("number") != self.number:
            self.hull.kill()
            raise Gone(CRASHED, "its Python process broke the grader's protocol: an answer that was not asked for")
        return reply

    def _receive(self, deadline: float) -> dict[str, Any]:
        """Wait for a reply, and look from time to time at what the hull uses."""
        while not select.select([self.channel], [], [], TICK)[0]:
            if time.monotonic() > deadline:
                self.hull.kill()
                whole = time.monotonic() > self.deadline
                raise Gone(TIME_LIMIT, f"stopped after {limits.NOTEBOOK if whole else limits.CELL:g} s")
            self._check_use()
        return wire.receive(self.channel, limits.GRACE)

    def _check_use(self) -> None:
        if self.hull.process is None:
            return
        with contextlib.suppress(psutil.Error):
            processes = psutil.Process(self.hull.process.pid).children(recursive=True)
            if len(processes) > limits.PROCESSES:
                self.hull.kill()
                raise Gone(CRASHED, f"it started more than {limits.PROCESSES} processes")
            used = 0
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    used += process.memory_info().rss - process.memory_info().shared
            if used > limits.MEMORY_IN_ALL:
                self.hull.kill()
                raise Gone(MEMORY_LIMIT, f"it used more than {limits.MEMORY_IN_ALL / 1e9:g} GB of memory")

    def _why_it_ended(self) -> Gone:
        try:
            assert self.hull.control is not None
            report = wire.receive(self.hull.control, limits.GRACE)
        except (wire.Closed, AssertionError):  # no submission can reach the sandbox around it
            self.hull.kill()
            return Gone(INFRASTRUCTURE, "this machine ended the sandbox, probably for lack of memory")
        except wire.Broken:
            self.hull.kill()
            return Gone(CRASHED, "its Python process closed its connection to the grader")
        self.ended = True
        code, cpu = report.get("ended"), report.get("cpu")
        if isinstance(cpu, float) and cpu >= limits.CPU:
            return Gone(TIME_LIMIT, f"stopped after {limits.CPU:g} s of computing time")
        if code in KILLED:  # nothing within the sandbox can do that to it: the machine ran out of memory
            return Gone(INFRASTRUCTURE, "this machine ended its process, probably for lack of memory")
        if code == 0:
            return Gone(CRASHED, "it ended its own Python process, as exit() and quit() do")
        return Gone(CRASHED, f"its Python process ended while the notebook ran, with exit code {code}")


class StudentFunction(Remote):
    """A function of the student's, called in the sandbox."""

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.__name__ = session, name
        self.refused: tuple[str, ...] = ()

    @contextlib.contextmanager
    def refusing(self, names: tuple[str, ...]) -> Iterator[None]:
        before, self.refused = self.refused, names
        try:
            yield
        finally:
            self.refused = before

    def __call__(self, *arguments: Any) -> Any:
        value, after = self.call(list(arguments), limits.CELL)
        for argument, changed in zip(arguments, after, strict=True):
            _follow(argument, changed)
        return value

    def call(self, given: list[Any], seconds: float) -> tuple[Any, list[Any]]:
        """Call it with plain data; `Made` arguments are made on the other side."""
        arguments = [wire.Recipe(v.maker, v.options) if isinstance(v, Made) else v for v in given]
        reply = self.session.call(self.__name__, arguments, seconds, self.refused)
        if "error" in reply:
            raise _error(reply)
        after = reply.get("arguments")
        if not isinstance(after, list) or len(after) != len(given):
            raise ValueError("its inputs did not come back")
        return reply.get("value"), after


def _follow(argument: Any, changed: Any) -> None:
    """Do to an argument what the student's function did to its copy."""
    if isinstance(argument, np.ndarray) and isinstance(changed, np.ndarray) and argument.shape == changed.shape:
        argument[...] = changed
    elif isinstance(argument, dict) and isinstance(changed, dict):
        argument.clear()
        argument.update(changed)
    elif isinstance(argument, list) and isinstance(changed, list):
        argument[:] = changed


def _error(reply: dict[str, Any]) -> BaseException:
    """Return an error of the same kind as the student's: the first of its classes that Python itself has."""
    names = [name for name in _list(reply.get("error")) if isinstance(name, str)]
    kinds = [getattr(builtins, name, None) for name in names]
    kind = next((k for k in kinds if isinstance(k, type) and issubclass(k, Exception)), Exception)
    says = str(reply.get("says", ""))[:2000]
    if reply.get("too_long") is True:
        error: BaseException = TooLong(says)
    else:
        try:
            error = kind(says)
        except Exception:  # those that want more than a message, such as UnicodeDecodeError
            error = Exception(says)
    error.refused = reply.get("refused") is True  # type: ignore[attr-defined]
    error.line = str(reply.get("line") or "")[:500]  # type: ignore[attr-defined]
    return error


def _picture(value: Any) -> str | None:
    """A PNG in base64, written anew: what is in a page between quotes must not end them."""
    if not isinstance(value, str):
        return None
    try:
        data = base64.b64decode(value.encode("ascii"))
    except ValueError:
        return None
    return base64.b64encode(data).decode() if data.startswith(PNG) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _clean(output: Any) -> dict[str, Any] | None:
    """An output of a known form with known parts, or None."""
    if not isinstance(output, dict):
        return None

    def text(key: str) -> str:
        return output[key] if isinstance(output.get(key), str) else ""

    match output.get("output_type"):
        case "stream":
            return {
                "output_type": "stream",
                "name": "stderr" if output.get("name") == "stderr" else "stdout",
                "text": text("text"),
            }
        case "error":
            lines = [line for line in _list(output.get("traceback")) if isinstance(line, str)]
            return {"output_type": "error", "ename": text("ename"), "evalue": text("evalue"), "traceback": lines}
        case "display_data" | "execute_result" as kind:
            found = output.get("data")
            data = found if isinstance(found, dict) else {}
            kept = {"text/plain": data["text/plain"]} if isinstance(data.get("text/plain"), str) else {}
            if (picture := _picture(data.get("image/png"))) is not None:
                kept["image/png"] = picture
            return {"output_type": kind, "data": kept, "metadata": {}} | (
                {"execution_count": None} if kind == "execute_result" else {}
            )
    return None
