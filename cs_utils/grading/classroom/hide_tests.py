"""What must not be in the pages that nbgrader's own feedback command writes."""

import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from cs_utils.grading.classroom.unit import SCHEME


class HideTests(NbGraderPreprocessor):  # type: ignore[misc]  # it has no types
    """Takes hidden tests out of feedback (their source, and tracebacks that would quote it), and model answers."""

    def preprocess(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        notebook.cells = [cell for cell in notebook.cells if SCHEME not in cell.metadata.get("tags", [])]
        result: tuple[NotebookNode, dict[str, Any]] = super().preprocess(notebook, resources)
        return result

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        info = cell.metadata.get("nbgrader", {})
        if info.get("grade") and not info.get("solution"):
            cell.source = re.sub(
                r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", "", cell.source, flags=re.S
            ).rstrip()
            for output in cell.get("outputs", []):
                if output.output_type == "error" and output.ename != "CheckFailed":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources
