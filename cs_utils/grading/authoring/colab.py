"""The first code cell of what students get: in Google Colab it installs the course's package; elsewhere it is idle.

It stands in the published copies alone, so no lesson is executed anew for it, and to the grader it is a cell of the
student's own. Colab could not be tried here; the tests run the cell beside a stand-in for it.
"""

import nbformat
from nbformat import NotebookNode

CELL_ID = "colab"
# With the package alone and few others: Colab has a Jupyter and a NumPy of its own, which must stay.
SOURCE = """\
# Google Colab asks here for the course's package (cs_utils-...-py3-none-any.whl). Elsewhere this cell does nothing.
import importlib.util
import sys

if "google.colab" in sys.modules and importlib.util.find_spec("cs_utils") is None:
    import subprocess

    from google.colab import files

    install = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, "filelock", "loky", "pooch", "tabulate", "threadpoolctl"], check=True)
    subprocess.run([*install, "--no-deps", next(iter(files.upload()))], check=True)"""


def add_colab_cell(notebook: NotebookNode) -> None:
    """Put the cell before a notebook's first code cell."""
    first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(first, nbformat.v4.new_code_cell(SOURCE, id=CELL_ID))
