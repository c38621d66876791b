"""All limits of a submission, in one place.

Those of time may be set from outside, for a slow machine or a test: COURSE_LIMIT_CELL=60 in the environment.
"""

import os


def _seconds(name: str, default: float) -> float:
    return float(os.environ.get(f"COURSE_LIMIT_{name}", default))


MB = 1_000_000

# What is read of a submission.
LARGEST_NOTEBOOK = 20 * MB  # bytes
LARGEST_FILE = 2 * MB  # bytes of what may be handed in beside it; the lecture's net has 125,000

# What it may use while it runs. The kernel holds these for each of its processes ...
MEMORY = 2_000 * MB  # bytes of address space
CPU = int(_seconds("CPU", 300))  # seconds
FILE = 50 * MB  # bytes of one file
DISK = 100 * MB  # bytes of all files in its folder; they live in memory
PROCESSES = 64  # threads included; the kernel does not count those of root, so the judge counts them, too
DESCRIPTORS = 256
# ... and these the judge, for all of them together.
MEMORY_IN_ALL = 2_500 * MB  # bytes that are really there
CELL = _seconds("CELL", 120)  # seconds on the clock of one cell; lesson 06, trained in full, would take 60
NOTEBOOK = _seconds("NOTEBOOK", 300)  # seconds on the clock of the whole notebook
GRACE = _seconds("GRACE", 5)  # seconds beyond a limit until a process that does not obey is ended

# What is kept of its outputs.
CELL_OUTPUT = 300_000  # characters of one cell, pictures included
OUTPUT = 2 * MB  # of the whole notebook
