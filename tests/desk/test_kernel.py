"""What a notebook says under an error: which cell sets a missing name, which exercise is open, and else nothing."""

from types import SimpleNamespace

import nbformat
import pytest

from cs_utils.desk import kernel, server


@pytest.fixture
def notebook(tmp_path):
    cells = [
        "import numpy as np\nfrom cs_utils.checks import check",
        "%time\nx = 1",
        "def slide(x):\n    y = x\n    return y",
    ]
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells]), path)
    return path


def error_of(code):
    with pytest.raises(Exception) as failure:
        exec(code, {})
    return failure.value


@pytest.mark.parametrize(
    ("name", "cell"), [("check", "import numpy as np"), ("np", "import numpy as np"), ("slide", "def slide(x):")]
)
def test_a_missing_name_is_traced_to_the_cell_that_sets_it(notebook, name, cell):
    advice = kernel.advise(error_of(name), notebook)
    assert f"<code>{name}</code>" in advice
    assert f"<code>{cell}</code>" in advice


@pytest.mark.parametrize(
    "code",
    [
        "chekc",  # a slip of the pen
        "y",  # local to a function
        "def f():\n    a = check\n    check = 1\nf()",
        "1 / 0",
        "raise NotImplementedError",
        "raise NameError('of its own')",
    ],
)
def test_other_errors_speak_for_themselves(notebook, code):
    assert kernel.advise(error_of(code), notebook) == ""


@pytest.mark.parametrize("path", ["missing.ipynb", None])
def test_without_its_notebook_it_gives_no_advice(tmp_path, path):
    assert kernel.advise(error_of("check"), path and tmp_path / path) == ""


def test_an_exercise_that_is_not_written_is_named(notebook):
    stub = "def flatten(images):\n    raise NotImplementedError('not written yet')\n"
    assert "<code>def flatten(</code>" in kernel.advise(error_of(f"{stub}flatten(1)"), notebook)


@pytest.mark.parametrize(("variables", "events"), [({}, ["post_run_cell"]), ({"NBGRADER_EXECUTION": "validate"}, [])])
def test_where_nobody_works_nothing_is_added(monkeypatch, variables, events):
    monkeypatch.delenv("PYTEST_VERSION")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    registered = []
    shell = SimpleNamespace(events=SimpleNamespace(register=lambda event, _: registered.append(event)))
    kernel.load_ipython_extension(shell)
    assert registered == events


def test_the_server_finds_a_name_in_each_folder(tmp_path, monkeypatch):
    handlers = pytest.importorskip("jupyter_server.base.handlers")
    monkeypatch.setattr(handlers.FileFindHandler, "_static_paths", {})
    loop = SimpleNamespace(add_callback=lambda *_: None)
    monkeypatch.setattr("tornado.ioloop.IOLoop.current", lambda: loop)
    server._load_jupyter_server_extension(None)
    for folder in ("lab", "notebook"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "font.woff").write_bytes(b"")
    found = [handlers.FileFindHandler.get_absolute_path([str(tmp_path / f)], "font.woff") for f in ("lab", "notebook")]
    assert found == [str(tmp_path / f / "font.woff") for f in ("lab", "notebook")]
