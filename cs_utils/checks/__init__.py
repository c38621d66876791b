"""Checks that tell a student what is wrong: ``check("conv_layer", conv_layer)``.

A check calls the function on a few visible cases, compares (`compare`), and, where the results are those of a known
misconception, names it. Of any other mistake it says what the cases show (`explain`). Cases, expected results, what
goes into their numbers and what each misconception would return are data (`data/*.json`), written by the course's
build; there is no answer in this package.
"""

from cs_utils.checks.check import CheckFailed, check
from cs_utils.checks.examples import case
from cs_utils.checks.passed import passed

__all__ = ["CheckFailed", "case", "check", "passed"]
