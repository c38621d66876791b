"""All limits of a submission, in one place.

Those that a student's copy of the course needs as well, in Validate and in the checks, are defined in
`cs_utils.checks.limit`; `nbgrader_config.py` reads the limit of a cell from there.
"""

from cs_utils.checks import limit

# What is read of a submission.
LARGEST_NOTEBOOK = 20_000_000  # bytes
LARGEST_FILE = (
    2_000_000  # bytes of a file handed in beside it, and of what it unpacks to; the lecture's net has 125,000
)

# What it may use while it runs.
CELL = limit.CELL  # seconds of one cell
CALL = limit.LIMIT  # seconds of one call of an answer
# After one call of an answer had to be stopped, its other calls get less: an endless loop in every part must not use up
# the time of the notebook's cell. Right answers in plain loops take less than a tenth of it.
CALL_AFTERWARDS = 2.0  # seconds
