"""nbgrader's settings: the instructor's commands read them, and so does Validate in a student's JupyterLab."""

from pathlib import Path
from runpy import run_path

ROOT = Path(__file__).resolve().parent
c = get_config()  # noqa: F821  (nbgrader puts this name here)

c.CourseDirectory.course_id = "convnets"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# Until a class has been graded, formgrader and `course.py marks` work on the sample class.
graded = next((folder for folder in ("grading", "grading/sample") if (ROOT / folder / "results").is_dir()), "grading")
# Formgrader counts submissions by their folders here. Where they were handed in elsewhere, those graded are counted.
handed_in = "submitted" if (ROOT / graded / "submitted").is_dir() else "autograded"
c.CourseDirectory.submitted_directory = (
    f"{graded}/{handed_in if (ROOT / graded / 'autograded').is_dir() else 'submitted'}"
)
c.CourseDirectory.autograded_directory = f"{graded}/autograded"
c.CourseDirectory.feedback_directory = f"{graded}/feedback"
c.CourseDirectory.db_url = f"sqlite:///{(ROOT / graded / 'gradebook.db').as_posix()}"

# nbgrader's own limit of 30 seconds stops a net that trains, and Validate may then still say "Success!". The file is
# run, not imported, because the JupyterLab that reads these settings need not have `cs_utils` in its own environment.
c.Execute.timeout = run_path(str(ROOT / "cs_utils" / "checks" / "limit.py"))["CELL"]
# The first is nbgrader's own; the second keeps "Kernel is running over TCP" off the screen, once per submission.
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]

c.ClearSolutions.code_stub = {
    "python": '# Write your answer here, then take out the next line.\nraise NotImplementedError("not written yet")'
}
c.ClearSolutions.text_stub = "Write your answer here."

# Test cells that a student deleted are put back and graded.
c.OverwriteCells.add_missing_cells = True

# Handed in with the notebook: autograde must not replace it with an instructor's file.
c.Autograde.exclude_overwriting = {"06_cifar10_convnet": ["convnet.npz"]}

# Nobody hands in through nbgrader's exchange here, but formgrader complains if there is no folder for it.
c.Exchange.root = str(ROOT / "grading")

# For the instructor only: a student's copy has no cs_utils/grading.
if (ROOT / "cs_utils" / "grading").is_dir():
    # Feedback without the hidden tests.
    c.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "cs_utils.grading.classroom.hide_tests.HideTests",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    # Formgrader without a script of another host: these templates come before nbgrader's own.
    c.HTMLExporter.extra_template_basedirs.prepend([str(ROOT / "cs_utils" / "grading" / "classroom" / "templates")])
