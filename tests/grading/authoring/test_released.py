"""A released notebook, untouched, runs up to the first answer that is missing, and no error comes before that."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_it_runs_to_its_first_missing_answer(lesson: Lesson, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATASET", "shapes10")
    notebook = nbformat.reads((ROOT / lesson.release).read_text(encoding="utf-8"), as_version=4)
    where, quiet = {"metadata": {"path": tmp_path}}, ["--log-level=ERROR"]
    with pytest.raises(CellExecutionError) as stop:
        NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where, extra_arguments=quiet).execute()
    assert stop.value.ename == "NotImplementedError"
