"""Who grades: processes on this machine or on others, through dask.distributed.

A worker keeps a sandbox and nothing else. It is sent a submission and sends a record back; it needs the same course
(`cs_utils.grading`, `lessons`, `solutions`, `notebooks`), but no disk of the driver's, and never sees the gradebook.
"""

import itertools
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from cs_utils.grading.classroom.records import INFRASTRUCTURE, Record
from cs_utils.grading.classroom.sandbox import Hull, NoSandbox, OpenHull
from cs_utils.grading.classroom.unit import Unit, grade, not_graded

TRIES = 3  # of a submission whose worker was lost
AHEAD = 3  # submissions per worker that are on their way or wait there

_hulls: dict[tuple[int, bool], Hull] = {}


def work_on(unit: Unit, sandboxed: bool) -> str:
    """Grade a submission in this process; return the record as JSON. What goes wrong here is the machine's fault."""
    hull = _hulls.setdefault((os.getpid(), sandboxed), Hull() if sandboxed else OpenHull())
    try:
        return grade(unit, hull).to_json()
    except (OSError, NoSandbox, MemoryError) as error:
        hull.kill()
        return not_graded(unit, INFRASTRUCTURE, f"{type(error).__name__}: {error}").to_json()


@contextmanager
def cluster(workers: int, scheduler: str | None) -> Iterator[Any]:
    """Yield a client of the cluster at that address, or of one of so many processes on this machine."""
    import dask
    from distributed import Client

    dask.config.set({"distributed.scheduler.worker-saturation": 1.0, "distributed.scheduler.allowed-failures": 0})
    # Nobody looks at these figures, and to collect them takes a share of each processor's time.
    dask.config.set({"distributed.worker.profile.enabled": False, "distributed.admin.system-monitor.interval": "10s"})
    # It keeps the last thousand messages, submissions and results with them: 80 MB that nobody reads.
    dask.config.set({"distributed.admin.low-level-log-length": 10})
    logging.getLogger("distributed").setLevel(logging.ERROR)
    if scheduler:
        with Client(scheduler, timeout=30) as client:
            yield client
        return
    with _local_cluster(workers) as local, Client(local) as client:
        client.register_plugin(_one_core_each())
        yield client


def _one_core_each() -> Any:
    """Return a plugin that keeps each worker, and with it its sandbox, on one core of this machine.

    The two wait for each other, so a second core gains them nothing, and to be woken on another core costs more than
    the call for which they are: `python -m cs_utils.grading.campaign measure` tells what this gains.
    """
    from distributed import WorkerPlugin

    class OneCoreEach(WorkerPlugin):
        def __init__(self) -> None:
            self.first = secrets.randbelow(1024)  # so that two classes at once don't meet on the same cores

        def setup(self, worker: Any) -> None:
            if hasattr(os, "sched_setaffinity"):  # not on macOS or Windows
                cores = sorted(os.sched_getaffinity(0))
                os.sched_setaffinity(0, {cores[(self.first + worker.name) % len(cores)]})

    return OneCoreEach()


def _local_cluster(workers: int) -> Any:
    """Start the cluster; anew, where a worker is lost while it starts."""
    from distributed import LocalCluster

    for left in reversed(range(TRIES)):
        try:
            return LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",  # by default its pages could be read from the network
                memory_limit=0,  # the sandbox has its own limits
                silence_logs=logging.CRITICAL,
            )
        except RuntimeError as error:
            if not left:
                raise OSError(f"no worker can be started here: {error}") from error


def graded(units: Iterable[Unit], client: Any, sandboxed: bool, begun: Any) -> Iterator[Record]:
    """Yield the record of each unit as it comes. `begun` is called with each unit that is handed to a worker."""
    from distributed import as_completed

    waiting = iter(units)
    tries: dict[str, int] = {}
    running: dict[str, Unit] = {}
    done = as_completed(with_results=False)

    def hand_out(unit: Unit) -> None:
        tries[unit.key] = tries.get(unit.key, 0) + 1
        begun(unit)
        # Dask takes what is before the hash for a kind of task, and keeps figures of each kind for good.
        key = f"grade-{unit.key}-{tries[unit.key]}"
        future = client.submit(work_on, unit, sandboxed, key=key, pure=False, retries=0)
        running[future.key] = unit
        done.add(future)

    def hand_out_more() -> None:
        room = AHEAD * max(1, sum(client.nthreads().values())) - len(running)  # workers come and go
        for unit in itertools.islice(waiting, max(0, room)):
            hand_out(unit)

    hand_out_more()
    if not running:
        return
    for future in done:
        unit = running.pop(future.key)
        record = _result(future, unit)
        if record.status == INFRASTRUCTURE and tries[unit.key] < TRIES:
            hand_out(unit)
        else:
            yield record
            hand_out_more()


def _result(future: Any, unit: Unit) -> Record:
    try:
        return Record.from_json(future.result())
    except Exception as error:  # a lost worker, a lost connection, a bug of the grader: nothing of the student's
        return not_graded(unit, INFRASTRUCTURE, f"{type(error).__name__}: {error}"[:500])
