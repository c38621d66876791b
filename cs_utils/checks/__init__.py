"""Checks that tell a student what is wrong: ``check("conv_layer", conv_layer)``.

A check calls the function on a few visible cases, compares (`compare`), and, where the results are those of a known
misconception, names it. Cases, expected results and what each misconception would return are data (`data/*.json`),
written by the course's build; there is no answer in this package.
"""

from cs_utils.checks.check import CheckFailed, check

__all__ = ["CheckFailed", "check"]
