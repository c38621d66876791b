"""The limits of a submission: one number each, wherever it is used."""

import shutil

from traitlets.config.loader import PyFileConfigLoader

from cs_utils.grading import limits
from cs_utils.grading.authoring.paths import ROOT


def test_validate_in_a_student_s_copy_has_the_limit_of_a_cell(tmp_path):
    for name in ("nbgrader_config.py", "cs_utils/checks/limit.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    config = PyFileConfigLoader("nbgrader_config.py", str(tmp_path)).load_config()
    assert config.Execute.timeout == limits.CELL
    assert limits.CALL < limits.CELL
