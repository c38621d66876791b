"""Grading a class: intake, one run per submission, nbgrader's gradebook, feedback and one report."""

import sys

# nbformat's schema checker builds a parser for international web addresses when it is imported, which takes most of a
# worker's start; no notebook has anything of that kind to check, and it goes on without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
