"""Grading a class: intake, one run per submission, nbgrader's gradebook, feedback and one report."""
