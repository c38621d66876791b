"""Names are data: whatever they are, everybody has an id, and what they say is understood."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_utils.grading.authoring.paths import lessons
from cs_utils.grading.classroom.intake.names import (
    Owner,
    is_notebook,
    mentions_lesson,
    names_lesson,
    rest_of,
    safe_id,
    shown,
    upload,
)

ODD = [
    "Li Wei [late]",
    "Zoë Ångström",
    "O'Brien, Ann-Marie (2)",
    "{anna}",
    "jo%20e #1",
    "王小明",
    "trailing space ",
    "a+b=c",
]
ODD += [
    "-dash",
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "a\nb",
    "x" * 300,
    "CON",
    "nul.txt",
    "\ud83d",
    "*",
    "~root",
    "a..",
    "प्रिया",
    " ",
]
LESSON = next(lesson for lesson in lessons() if lesson.name == "02_convolution")


@pytest.mark.parametrize("name", ["ada", "s1234567", "anna.b", "A_b-c", "dot.dot", "sample_perfect", "7"])
def test_plain_names_stay_as_they_are(name):
    assert safe_id(name) == name


@given(st.lists(st.one_of(st.sampled_from(ODD), st.text(st.characters(), max_size=80)), min_size=2, unique=True))
def test_two_names_never_share_an_id_and_every_id_is_safe(names):
    ids = [safe_id(name) for name in names]
    assert len(set(ids)) == len(ids)
    for made in ids:
        assert re.fullmatch(r"[^\W][\w.~-]*", made.replace("\u200d", ""), re.U) or all(c.isprintable() for c in made)
        assert not re.search(r"[\[\]{}()*?+|^$\\/:<>\"'#%&,; \x00-\x1f]", made)
        assert not made.startswith(("-", ".", "~"))
        assert not made.endswith(".")
        assert len(made.encode()) < 250


def test_ids_can_be_read():
    assert safe_id("Zoë Ångström").startswith("Zoë_Ångström~")
    assert safe_id("王小明").startswith("王小明~")
    assert safe_id("O'Brien, Ann-Marie (2)").startswith("O_Brien_Ann_Marie_2~")


@given(st.text(st.characters()))
def test_what_is_shown_is_one_printable_line(name):
    assert shown(name).isprintable()
    shown(name).encode()
    assert len(shown(name)) <= 1300


@pytest.mark.parametrize(
    ("name", "own", "owner"),
    [
        ("convolution.ipynb", "convolution.ipynb", None),
        ("musteranna_12345_67890_convolution.ipynb", "convolution.ipynb", Owner("musteranna", "12345")),
        ("musteranna_LATE_12345_67890_convolution-1.ipynb", "convolution-1.ipynb", Owner("musteranna", "12345")),
        ("Anna Muster_99_assignsubmission_file_convolution.ipynb", "convolution.ipynb", Owner("Anna Muster", "99")),
        ("cifar10_convnet.ipynb", "cifar10_convnet.ipynb", None),
    ],
)
def test_prefixes_of_platforms_are_understood(name, own, owner):
    assert (upload(name).name, upload(name).owner) == (own, owner)


@pytest.mark.parametrize(
    "name",
    [
        "convolution.ipynb",
        "Convolution.IPYNB",
        "convolution (1).ipynb",
        "Copy of convolution.ipynb",
        "Kopie von convolution.ipynb",
        "convolution-Copy1.ipynb",
        "convolution copy 2.ipynb",
        "convolution - Copy (3).ipynb",
        "convolution.ipynb.txt",
        "convolution.ipynb.json",
        "convolution.ipynb (1)",
        "02_Convolution.ipynb",
        "02-convolution.ipynb",
    ],
)
def test_copies_and_other_spellings_are_the_lesson_s_notebook(name):
    assert is_notebook(name)
    assert names_lesson(name, LESSON)
    assert mentions_lesson(name, LESSON)
    assert rest_of(name, LESSON) == ""
    assert not any(names_lesson(name, other) for other in lessons() if other != LESSON)


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("han_convolution.ipynb", "han"),
        ("convolution_Han Solo.ipynb", "Han Solo"),
        ("02_convolution - Lee (2).ipynb", "Lee"),
        ("Copy of convolution Ann.ipynb", "Ann"),
    ],
)
def test_what_a_name_says_besides_the_lesson(name, rest):
    assert rest_of(name, LESSON) == rest


@pytest.mark.parametrize("name", ["convolution.py", "ipynb", "convolution.ipynb.zip", "a.ipynb.exe", "notes.txt"])
def test_other_files_are_no_notebooks(name):
    assert not is_notebook(name)
