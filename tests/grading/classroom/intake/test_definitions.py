"""What the code of a cell defines, found without running it."""

import pytest

from cs_utils.grading.classroom.intake.definitions import analyse


@pytest.mark.parametrize(
    ("source", "defines"),
    [
        ("def f(x):\n    return x", {"f"}),
        ("async def f(x):\n    return x", {"f"}),
        ("@cache\ndef f(x):\n    return x", {"f"}),
        ("f = g = lambda x: x", {"f", "g"}),
        ("f, (g, *h) = 1, (2, 3)", {"f", "g", "h"}),
        ("f: int = 1\ng: int", {"f"}),
        ("from a import f as g, h\nimport b.c\nimport d.e as i", {"g", "h", "b", "i"}),
        ("class f:\n    def g(self):\n        return 1", {"f"}),
        ("def f():\n    def g():\n        return 1\n    return g", {"f"}),
        ("if x:\n    f = 1\nelse:\n    g = 2", {"f", "g"}),
        ("try:\n    f = 1\nexcept E:\n    g = 2\nelse:\n    h = 3\nfinally:\n    i = 4", {"f", "g", "h", "i"}),
        ("with a:\n    f = 1\nfor _ in b:\n    g = 1\nwhile c:\n    h = 1", {"f", "g", "h"}),
        ("x.f = 1\nx[0] = 2\nf == 1", set()),
        ("# def f(): pass", set()),
        ('"""\ndef f(x):\n    return x\n"""', set()),
        ("def f(x):\n    pass", set()),
        ('def f(x):\n    """Say."""\n    raise NotImplementedError("not written yet")', set()),
        ("def f(x):\n    pass\ndef f(x):\n    return x", {"f"}),
        ("%matplotlib inline\n!pip list\ndef f(x):\n    return x\nf?", {"f"}),
        ("x = !ls\ny = %timeit -o 1\ndef f(x):\n    return x", {"f"}),
        ("%%time\ndef f(x):\n    return x", {"f"}),
        ("%%bash\nf() { ls; }", set()),
        ("%%writefile a.py\ndef f(x):\n    return x", set()),
        ("def f(x):\n    return (", set()),
        ("# \ud83d\ndef f(x):\n    return x", set()),
    ],
)
def test_names_that_a_cell_gives_a_value(source, defines):
    assert analyse(source).defines == defines


@pytest.mark.parametrize("source", ["def f(x=1):\n    return x / 0", '"""Text."""\nN = 3', "# nothing", ""])
def test_code_that_cannot_fail(source):
    assert analyse(source).only_defines


@pytest.mark.parametrize(
    "source",
    [
        "1 / 0",
        "import a",
        "def f(x=g()):\n    pass",
        "@g\ndef f():\n    pass",
        "def f(x: g):\n    pass",
        "N = g",
        "%time 1",
        "(",
    ],
)
def test_code_that_can(source):
    assert not analyse(source).only_defines


@pytest.mark.parametrize(
    "source",
    ["", "# to do", "pass", "def f():\n    ...", 'def f():\n    """Say."""', "def f():\n    raise NotImplementedError"],
)
def test_placeholders(source):
    assert analyse(source).is_placeholder


@pytest.mark.parametrize("source", ["x = 1", "def f():\n    return None", "raise ValueError", "%time", "("])
def test_no_placeholders(source):
    assert not analyse(source).is_placeholder
