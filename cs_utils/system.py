"""What the code asks of the machine that it runs on."""

import io
import sys
from pathlib import Path

DRIVE = Path("/drive")  # a student's files, as Python in a browser sees them


def in_browser() -> bool:
    """Whether this is Python in a browser (Pyodide): no threads, no processes, no downloads from other hosts."""
    return sys.platform == "emscripten"


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


def replace_unprintable() -> None:
    """Let print write "?" for letters that the screen's encoding lacks, in place of raising UnicodeEncodeError.

    For commands: file names, messages and students' outputs hold any letters, and screens of Windows or a redirected
    output may not.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
