"""MathJax for the formulas: one file on the site, so that a page asks no other host for anything."""

from pathlib import Path

from cs_utils.grading.site.npm import Package

PACKAGE = Package("mathjax", "3.2.2", "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09")
NAME = "tex-svg-full.js"  # all of TeX's extensions and no font files: nothing is loaded later


def put_into(folder: Path) -> None:
    """Write MathJax's one file into `folder`; NotAtHand is raised where it is not to be had."""
    (folder / NAME).write_bytes(PACKAGE.read(f"es5/{NAME}"))
