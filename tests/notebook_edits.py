"""Notebooks on the disk, changed by a test."""

from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode


def edit(path: Path, change: Callable[[NotebookNode], object]) -> None:
    """Read a notebook, change it in place, write it."""
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
