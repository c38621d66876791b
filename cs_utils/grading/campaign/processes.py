"""The processes below a command that grades, by what they are: see the picture in docs/grading.md."""

import contextlib

import psutil

WORKER, HULL, SESSION = "worker", "hull", "session"
BELOW = (WORKER, HULL, SESSION)


def below(driver: psutil.Process) -> dict[str, list[psutil.Process]]:
    """Return the processes of each kind that run below a driver now; those of no kind are left out."""
    found: dict[str, list[psutil.Process]] = {kind: [] for kind in BELOW}
    for process in driver.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if kind := _kind(process, driver):
                found[kind].append(process)
    return found


def _kind(process: psutil.Process, driver: psutil.Process) -> str | None:
    if process.name() == "bwrap":
        return HULL
    words = process.cmdline()
    if "inside.worker" in words:  # the first below bubblewrap; a session is forked from it
        parent = process.parent()
        return HULL if parent is not None and parent.name() == "bwrap" else SESSION
    if process.ppid() == driver.pid and any("spawn_main" in word for word in words):  # as dask starts its workers
        return WORKER
    return None
