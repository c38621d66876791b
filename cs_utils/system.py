"""What the code asks of the machine that it runs on."""

import io
import os
import sys
from pathlib import Path

DRIVE = Path("/drive")  # a student's files, as Python in a browser sees them


def in_browser() -> bool:
    """Whether this is Python in a browser (Pyodide): no threads, no processes, no downloads from other hosts."""
    return sys.platform == "emscripten"


def course_folder() -> Path:
    """Return the folder that has a student's `notebooks` in it, and what the course's commands write.

    It is the one that this package lies in. Where that was installed from a wheel, it is the nearest around the current
    folder, and where there is none, that itself.
    """
    if in_browser():  # the package comes anew with each kernel; what stays are the student's files
        return DRIVE
    around = [Path(__file__).resolve().parents[1], Path.cwd(), *Path.cwd().parents]
    return next((folder for folder in around if (folder / "notebooks").is_dir()), Path.cwd())


def usable_cores() -> int:
    """The number of cores that this process may use: those it is allowed to run on, within the quota of its container.

    On a shared hub a process may run on all 64 cores of a machine, yet get no more computing time than two of them
    have; 64 threads would then wait for each other. loky knows how Linux containers say so.
    """
    if in_browser():
        return 1
    from loky import cpu_count  # here, because it takes a quarter of a second to import

    return int(cpu_count())


def in_notebook() -> bool:
    """Whether this code runs in the kernel of a notebook, where pictures and changing lines can be displayed."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def shows_colours() -> bool:
    """Whether standard output is a screen that shows colours: the old window of Windows shows their codes instead."""
    is_old = sys.platform == "win32" and not {"WT_SESSION", "TERM_PROGRAM"} & os.environ.keys()
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and not is_old  # see https://no-color.org


def replace_unprintable() -> None:
    """Let print write "?" for letters that the screen's encoding lacks, in place of raising UnicodeEncodeError.

    For commands: file names, messages and students' outputs hold any letters, and screens of Windows or a redirected
    output may not.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
