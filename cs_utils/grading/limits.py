"""All limits of a submission, in one place.

Those that a student's copy of the course needs as well, in Validate and in the checks, are defined in
`cs_utils.checks.limit`; `nbgrader_config.py` reads the limit of a cell from there. Those of time may be set from
outside, for a slow machine or a test: COURSE_LIMIT_CELL=60 in the environment.
"""

import os

from cs_utils.checks import limit


def _seconds(name: str, default: float) -> float:
    return float(os.environ.get(f"COURSE_LIMIT_{name}", default))


MB = 1_000_000

# What is read of a submission.
LARGEST_NOTEBOOK = 20 * MB  # bytes
LARGEST_FILE = 2 * MB  # bytes of a file handed in beside it, and of what it unpacks to; the lecture's net has 125,000

# What is read of a class: a folder or a zip, with the zips in it.
MOST_CLASS_ENTRIES = 2_000_000  # files and folders
MOST_ENTRIES = 50_000  # of one folder below the class's own, and of one student's zip
FOLDERS_DEEP = 12
LONGEST_NAME = 255  # characters of a file's or folder's name
LARGEST_ARCHIVE = 25 * MB  # bytes of a zip that a student handed in
MOST_ARCHIVES = 20  # of one student
ARCHIVES_DEEP = 3  # zips within one another
MOST_NOTEBOOKS = 50  # that are opened to find one student's work

# What is understood of a notebook.
MOST_BRACKETS = 2_000_000  # of its JSON: each may become a list or a dictionary of 64 bytes and more
MOST_CELLS = 2_000
LARGEST_CELL = 1 * MB  # characters; text with a picture pasted into it is long
MOST_CODE = 1 * MB  # characters of all code cells
LARGEST_PARSED = 100_000  # characters of a code cell in which definitions are looked for
LARGEST_PICTURE = 2 * MB  # characters of a picture attached to a text cell, in base64

# What it may use while it runs. The kernel holds these for each of its processes ...
MEMORY = 2_000 * MB  # bytes of address space
CPU = int(_seconds("CPU", 300))  # seconds
FILE = 50 * MB  # bytes of one file
DISK = 100 * MB  # bytes of all files in its folder; they live in memory
PROCESSES = 64  # threads included; the kernel does not count those of root, so the judge counts processes, too
DESCRIPTORS = 256
# ... and these the judge, for all of them together.
MEMORY_IN_ALL = 2_500 * MB  # bytes that are really there
CELL = _seconds("CELL", limit.CELL)  # seconds on the clock of one cell
NOTEBOOK = _seconds("NOTEBOOK", 300)  # seconds on the clock of the whole notebook
CALL = limit.LIMIT  # seconds of one call of an answer
# After one call of an answer had to be stopped, its other calls get less: an endless loop in every part must not use up
# the time of the notebook's cell. Right answers in plain loops take less than a tenth of it.
CALL_AFTERWARDS = 2.0  # seconds
GRACE = _seconds("GRACE", 5)  # seconds beyond a limit until a process that does not obey is ended

# What is kept of its outputs.
CELL_OUTPUT = 300_000  # characters of one cell, pictures included
OUTPUT = 2 * MB  # of the whole notebook
