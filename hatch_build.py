"""What hatchling adds when it builds cs_utils: JupyterLab's settings, and to a wheel the released notebooks.

A wheel is a student's. An editable installation is of the folder that it was made in, an instructor's or a student's.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Additions(BuildHookInterface[Any]):
    """Its configuration, in pyproject.toml, says where in an environment JupyterLab looks for each of its settings."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add to `build_data` what belongs to this build; `version` is "editable" or "standard", a wheel."""
        root, is_wheel = Path(self.root), version == "standard"
        for name, place in self.config["jupyter-settings"].items():
            students = root / "jupyter_config" / "students" / name  # JupyterLab without formgrader
            settings = students if is_wheel and students.exists() else root / "jupyter_config" / name
            build_data["shared_data"][str(settings)] = place
        originals = "cs_utils/desk/originals"  # what `reset` brings back
        if is_wheel and not (root / originals).exists():  # in a student's copy they are there
            for notebook in sorted((root / "notebooks").glob("*/*.ipynb")):
                build_data["force_include"][str(notebook)] = f"{originals}/{notebook.parent.name}.ipynb"
