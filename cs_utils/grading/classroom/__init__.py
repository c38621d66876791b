"""Grading a class: intake, one run a submission, nbgrader's gradebook, feedback and one report."""
