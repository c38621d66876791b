"""What a notebook shows under an error: what to do next, and itself, because *Run All* stops there out of sight.

An extension of IPython, which the kernels of the course's own environment load when they start: after a restart nothing
else of the course is there to explain that a name is missing.
"""

import html
import os
import time
import traceback
import uuid
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

RECENT = 20_000  # milliseconds: a notebook that is opened again must not jump to an old error
ABOVE = "Click the cell where you were, then choose <em>Run &gt; Run All Above Selected Cell</em>."
SHOW = """<div id="{name}">{advice}</div>
<script>
(function () {{
  const show = () => {{
    const here = document.getElementById("{name}");
    if (here && Math.abs(Date.now() - {now}) < {recent}) here.scrollIntoView({{block: "nearest"}});
  }};
  show();
  for (const wait of [300, 1000]) setTimeout(show, wait);  // the pictures above still take their places
}})();
</script>"""


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add advice to the errors of a notebook that somebody works in; where one is graded or compared, nobody does."""
    if not {"NBGRADER_EXECUTION", "PYTEST_VERSION"} & os.environ.keys():
        shell.events.register("post_run_cell", _after)


def _after(result: Any) -> None:
    error = result.error_before_exec or result.error_in_exec
    if error is None or result.info.silent or isinstance(error, KeyboardInterrupt):
        return
    from IPython.display import display

    advice = advise(error, _notebook())
    name, now = f"stopped_{uuid.uuid4().hex[:12]}", round(time.time() * 1000)
    text = f"<p>{advice}</p>" if advice else ""
    display({"text/html": SHOW.format(name=name, advice=text, now=now, recent=RECENT)}, raw=True)


def advise(error: BaseException, notebook: Path | None) -> str:
    """Return what to do next after an error in that notebook, as HTML, or nothing where the error says enough."""
    if isinstance(error, NotImplementedError):
        return _write(error)
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and error.name:
        return _run_again(error.name, notebook)
    return ""


def _write(error: NotImplementedError) -> str:
    """Name the exercise whose stub raised an error, if one did."""
    from cs_utils.checks.records import find

    name = traceback.extract_tb(error.__traceback__)[-1].name
    try:
        find(name)
    except KeyError:
        return ""
    return (
        f"<strong>Up to here all has run.</strong> <code>{name}</code> is not written yet: write it in its cell above, "
        f"which begins with <code>def {name}(</code>, run that cell, and go on from there."
    )


def _run_again(name: str, notebook: Path | None) -> str:
    """Name the cell that sets a name; nothing if none does, because then it is a slip of the pen."""
    from cs_utils.checks.needed import sets
    from cs_utils.checks.notebook import UnreadableNotebook, read_cells

    try:
        cells = read_cells(notebook) if notebook else []
    except UnreadableNotebook:
        return ""
    first = next((cell for cell in cells if cell.kind == "code" and name in sets(cell.source)), None)
    if first is None:
        return ""
    return (
        f"<code>{html.escape(name)}</code> comes from the cell that begins with "
        f"<code>{html.escape(first.first_line)}</code>. Since this Python was started, that cell has not run. {ABOVE}"
    )


def _notebook() -> Path | None:
    """The notebook that this kernel belongs to, as Jupyter or VS Code tells it."""
    from IPython import get_ipython

    told = [os.environ.get("JPY_SESSION_NAME", ""), str(get_ipython().user_ns.get("__vsc_ipynb_file__", ""))]
    return next((Path(path) for path in told if path.endswith(".ipynb") and Path(path).is_file()), None)
