"""What is changed in a syntax tree, in one place at a time."""

from cs_utils.grading.mutants.operators.changes import Change, changes

__all__ = ["Change", "changes"]
