"""A class as people and learning platforms lay it out: everybody is taken, or named with a reason."""

import io
import json
import os
import socket
import stat
import zipfile
from pathlib import Path

import pytest
from handed_in import CONVOLUTION, answered, code, find, full, points, released

from cs_utils.grading import limits
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.classroom.intake.collect import collect
from cs_utils.grading.classroom.intake.rebuild import rebuild

CIFAR10 = Lesson(ROOT, "06_cifar10_convnet")
POOLING = Lesson(ROOT, "04_pooling")
DONE = json.dumps(answered()).encode()
UNTOUCHED = json.dumps(released()).encode()
OTHER = json.dumps(answered(POOLING)).encode()
NET_LESSON = json.dumps(answered(CIFAR10)).encode()
L, NAME = CONVOLUTION.name, CONVOLUTION.notebook


def half_done():
    notebook = answered()
    find(notebook, "conv_layer").source = find(released(), "conv_layer").source
    return json.dumps(notebook).encode()


def lay(root: Path, files: dict[str, bytes]) -> Path:
    """Write files; a path that ends with a slash is an empty folder."""
    for number, (name, data) in enumerate(files.items()):
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            os.utime(path, (1_700_000_000 + 60 * number,) * 2)  # the later in the table, the newer
    return root


def zipped(files: dict[str, bytes], **info) -> bytes:
    """Return a zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(files.items()):
            member = zipfile.ZipInfo(name, (2026, 1, 1, 0, number, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(member, key, value)
            archive.writestr(member, data)
    return stream.getvalue()


def take(root: Path, *wanted: Lesson):
    """Collect; return the submissions by student (one lesson) and all that was said."""
    submissions, told = collect(root, list(wanted or [CONVOLUTION]))
    for text_ in [*told, *(note for one in submissions for note in (*one.notes, one.problem))]:
        assert text_ == "" or text_.isprintable()
        text_.encode()
    for one in submissions:
        assert (one.notebook is None) == bool(one.problem)
        assert set(one.files) <= {"convnet.npz"}
    keys = [(one.lesson, one.student) for one in submissions]
    assert keys == sorted(set(keys))
    return {one.student: one for one in submissions}, told


def is_done(submission) -> bool:
    return submission.notebook is not None and points(rebuild(submission.notebook, released()).notebook) == full()


def same(submission, data: bytes) -> bool:
    """Is this notebook that one, but for outputs?"""
    sources = [cell["source"] for cell in json.loads(submission.notebook)["cells"]]
    return sources == [cell["source"] for cell in json.loads(data)["cells"]]


# ---- layouts

LAYOUTS = {
    "nbgrader's tree": f"ana/{L}/{NAME}",
    "no assignment folder": f"ana/{NAME}",
    "folder twice": f"ana/{L}/{L}/{NAME}",
    "other case": f"ana/02_Convolution/{NAME}",
    "a copy of the folder": f"ana/{L} (1)/{NAME}",
    "lesson first": f"{L}/ana/{NAME}",
    "in a folder of their own": f"ana/homework/week 2/{NAME}",
    "(1)": f"ana/{L}/convolution (1).ipynb",
    "Copy of": f"ana/{L}/Copy of convolution.ipynb",
    "Jupyter's copy": f"ana/{L}/convolution-Copy1.ipynb",
    "VS Code's copy": f"ana/{L}/convolution copy.ipynb",
    "Colab's own name": f"ana/{L}/Untitled0.ipynb",
    "their own name": f"ana/{L}/ana.ipynb",
    "upper case": f"ana/{L}/CONVOLUTION.IPYNB",
    "with .txt": f"ana/{L}/convolution.ipynb.txt",
    "known by what it holds alone": "ana/final.ipynb",
    "single file": "ana_convolution.ipynb",
    "single file, turned round": "convolution - ana.ipynb",
    "Moodle, folders": f"ana_12345_assignsubmission_file_/{NAME}",
    "Moodle 4, folders": f"ana_12345_assignsubmission_file/{NAME}",
    "Moodle, files": f"ana_12345_assignsubmission_file_{NAME}",
    "Moodle, in a folder of the lesson": f"ML-02_convolution-4711/ana_12345_assignsubmission_file_/{NAME}",
    "Canvas": f"ana_12345_67890_{NAME}",
    "Canvas, late": f"ana_LATE_12345_67890_{NAME}",
    "Canvas, handed in again": "ana_12345_67890_convolution-1.ipynb",
    "the folder above": f"submitted/ana/{L}/{NAME}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("wanted", [[CONVOLUTION], lessons()], ids=["one lesson", "all lessons"])
@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
def test_every_layout_gives_the_student_and_the_notebook(tmp_path, layout, wanted, as_zip):
    files = {LAYOUTS[layout]: DONE}
    if as_zip:
        source = tmp_path / "class.zip"
        source.write_bytes(zipped(files))
    else:
        source = lay(tmp_path, files)
    found, told = take(source, *wanted)
    assert list(found) == ["ana"]
    assert found["ana"].lesson == L
    assert same(found["ana"], DONE)
    assert told == []


def test_the_case_of_layouts(tmp_path):
    lay(
        tmp_path,
        {
            f"ana/{L}/{NAME}": DONE,
            f"ben_no_assignment_folder/{NAME}": DONE,
            f"cy_folder_twice/{L}/{L}/{NAME}": DONE,
            f"dee_other_name/{L}/convolution (1).ipynb": DONE,
            f"eve_other_case/02_Convolution/{NAME}": DONE,
            f"fay_two_notebooks/{L}/Copy of convolution.ipynb": DONE,
            f"fay_two_notebooks/{L}/{NAME}": UNTOUCHED,
            "__MACOSX/": b"",
            "gus_12345_assignsubmission_file_/": b"",
            f"han_{NAME}": DONE,
        },
    )
    found, told = take(tmp_path)
    gus = found.pop("gus")
    assert "gus_12345_assignsubmission_file_" in gus.problem
    assert all(is_done(submission) for submission in found.values())
    assert list(found) == [
        "ana",
        "ben_no_assignment_folder",
        "cy_folder_twice",
        "dee_other_name",
        "eve_other_case",
        "fay_two_notebooks",
        "han",
    ]
    assert "Copy of convolution.ipynb" in " ".join(found["fay_two_notebooks"].notes)
    assert "convolution (1).ipynb" in " ".join(found["dee_other_name"].notes)
    assert "han_convolution.ipynb" in " ".join(found["han"].notes)
    assert "__MACOSX" in " ".join(told)


NAMES = ["Li Wei [late]", "Zoë Ångström", "O'Brien, Ann-Marie (2)", "{anna}", "jo%20e #1", "王小明", "trailing space "]
NAMES += ["a+b=c", "-dash", "dot.dot", "*", "$(id)", "a\nb", "~", "copy", "con"]


@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
def test_the_case_of_names(tmp_path, as_zip):
    files = {f"{name}/{L}/{NAME}": DONE for name in NAMES}
    source = lay(tmp_path / "class", files)
    if as_zip:
        source = tmp_path / "class.zip"
        source.write_bytes(zipped(files))
    found, told = take(source)
    assert sorted(found) == sorted(NAMES)
    assert all(same(submission, DONE) and submission.notes == () for submission in found.values())
    assert told == []


@pytest.mark.skipif(os.name == "nt", reason="names of bytes")
def test_a_name_that_is_no_text_is_taken(tmp_path):
    place = os.fsencode(tmp_path) + b"/gr\xfcn"
    os.mkdir(place)
    Path(os.fsdecode(place), NAME).write_bytes(DONE)
    found, _ = take(tmp_path)
    assert list(found) == ["gr\\xfcn"]


def test_folders_with_pattern_letters_above_the_class_do_no_harm(tmp_path):
    found, _ = take(lay(tmp_path / "[a] {b} %20 *", {f"ana/{L}/{NAME}": DONE}))
    assert list(found) == ["ana"]


def test_the_case_of_checkpoints(tmp_path):
    lay(
        tmp_path,
        {
            f"ana/{L}/{NAME}": DONE,
            f"ana/{L}/.ipynb_checkpoints/convolution-checkpoint.ipynb": UNTOUCHED,
            f"ana/{L}/._{NAME}": b"\0\5\26\7",
            "ana/__MACOSX/x.ipynb": UNTOUCHED,
            ".git/config": b"",
            ".DS_Store": b"",
        },
    )
    found, told = take(tmp_path)
    assert list(found) == ["ana"]
    assert is_done(found["ana"])
    assert found["ana"].notes == ()
    (line,) = told
    assert ".ipynb_checkpoints" in line


def test_a_student_with_nothing_but_hidden_files_is_named(tmp_path):
    lay(tmp_path, {f"ana/{L}/.ipynb_checkpoints/convolution-checkpoint.ipynb": DONE, f"ben/{L}/{NAME}": DONE})
    found, _ = take(tmp_path)
    assert "ana" in found["ana"].problem
    assert is_done(found["ben"])


# ---- which notebook


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("name", ["Copy of convolution.ipynb", "mine.ipynb", "old/convolution.ipynb"])
def test_the_done_notebook_counts_beside_the_untouched_one(tmp_path, order, name):
    files = {f"ana/{L}/{NAME}": UNTOUCHED, f"ana/{L}/{name}": DONE}
    found, _ = take(lay(tmp_path, dict(list(files.items())[::order])))
    assert is_done(found["ana"])
    said = " ".join(found["ana"].notes)
    assert name in said
    assert f"ana/{L}/{NAME}" in said


def test_of_two_the_one_with_more_answers_counts_and_of_equals_the_later(tmp_path):
    later = answered()
    later.cells.append(code("later = 1"))
    later = json.dumps(later).encode()
    found, _ = take(lay(tmp_path / "1", {f"ana/{L}/{NAME}": DONE, f"ana/{L}/convolution (1).ipynb": half_done()}))
    assert same(found["ana"], DONE)
    found, _ = take(lay(tmp_path / "2", {f"ana/{L}/{NAME}": DONE, f"ana/{L}/convolution (1).ipynb": later}))
    assert same(found["ana"], later)
    assert "latest" in " ".join(found["ana"].notes)
    found, _ = take(lay(tmp_path / "3", {f"ana/{L}/{NAME}": later, f"ana/{L}/convolution (1).ipynb": DONE}))
    assert same(found["ana"], DONE)


def test_two_submissions_of_one_student_come_as_one(tmp_path):
    files = {f"ana/{NAME}": half_done(), "ana.zip": zipped({NAME: DONE})}
    found, _ = take(lay(tmp_path, files))
    assert list(found) == ["ana"]
    assert is_done(found["ana"])
    assert "ana.zip" in " ".join(found["ana"].notes)


def test_uploads_to_canvas_of_one_person_come_as_one(tmp_path):
    files = {f"doejane_1_500_{NAME}": half_done(), "doejane_LATE_1_900_convolution-1.ipynb": DONE}
    found, _ = take(lay(tmp_path, files))
    assert list(found) == ["doejane"]
    assert is_done(found["doejane"])
    assert any("late" in note for note in found["doejane"].notes)


def test_two_people_of_one_name_are_told_apart(tmp_path):
    files = {f"Jo Li_{n}_assignsubmission_file_/{NAME}": data for n, data in ((7, DONE), (8, UNTOUCHED))}
    found, _ = take(lay(tmp_path, files))
    assert list(found) == ["Jo Li_7", "Jo Li_8"]
    assert is_done(found["Jo Li_7"])
    assert same(found["Jo Li_8"], UNTOUCHED)


def test_people_without_a_name_keep_their_number(tmp_path):
    found, _ = take(lay(tmp_path, {f"Participant_7_assignsubmission_file_/{NAME}": DONE}))
    assert list(found) == ["Participant_7"]


def test_one_person_in_two_exports_of_moodle_keeps_one_name(tmp_path):
    files = {f"Jo Li_7_assignsubmission_file_/{NAME}": DONE, "Jo Li_99_assignsubmission_file_/pooling.ipynb": OTHER}
    submissions, _ = collect(lay(tmp_path, files), lessons())
    assert [(one.student, one.lesson) for one in submissions] == [("Jo Li", L), ("Jo Li", POOLING.name)]


def test_one_other_notebook_is_taken_and_noted_several_are_named(tmp_path):
    strange = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}], "nbformat": 4}).encode()
    lay(
        tmp_path,
        {
            f"ana/{L}/notes.ipynb": strange,
            f"ben/{L}/notes.ipynb": strange,
            f"ben/{L}/draft.ipynb": strange,
            f"cy/{L}/notes.ipynb": strange,
            f"cy/{L}/{NAME}": DONE,
            "dee/notes.ipynb": strange,
        },
    )
    found, _ = take(tmp_path)
    assert same(found["ana"], strange)
    assert "notes.ipynb" in " ".join(found["ana"].notes)
    assert "notes.ipynb" in found["ben"].problem
    assert "draft.ipynb" in found["ben"].problem
    assert is_done(found["cy"])
    assert "notes.ipynb" in " ".join(found["cy"].notes)
    assert same(found["dee"], strange)


def test_a_strange_notebook_of_no_lesson_is_named_when_several_lessons_are_graded(tmp_path):
    strange = json.dumps({"cells": [], "nbformat": 4}).encode()
    found, told = take(lay(tmp_path, {"ana/notes.ipynb": strange}), *lessons())
    assert found == {}
    assert "ana/notes.ipynb" in " ".join(told)


def test_a_notebook_in_another_lesson_s_folder_is_taken_for_what_it_is(tmp_path):
    lay(tmp_path, {f"ana/{L}/{NAME}": OTHER, f"ben/{L}/{NAME}": DONE})
    submissions, _ = collect(tmp_path, lessons())
    assert [(one.student, one.lesson) for one in submissions] == [("ana", L), ("ben", L), ("ana", POOLING.name)]
    assert NAME in submissions[0].problem
    assert L in " ".join(submissions[2].notes)
    found, told = take(tmp_path)
    assert list(found) == ["ana", "ben"]
    assert POOLING.name in " ".join(told)


def test_an_unreadable_notebook_comes_along_to_be_quarantined(tmp_path):
    lay(tmp_path, {f"ana/{L}/{NAME}": b"{", f"ben/{L}/{NAME}": DONE, f"cy/{L}/{NAME}": b""})
    found, _ = take(tmp_path)
    assert found["ana"].notebook == b"{"
    assert "empty" in found["cy"].problem
    assert is_done(found["ben"])


@pytest.mark.parametrize(("beside", "taken"), [(DONE, DONE), (UNTOUCHED, b"{")])
def test_of_an_unreadable_notebook_and_another_the_one_that_may_have_answers_counts(tmp_path, beside, taken):
    found, _ = take(lay(tmp_path, {f"ana/{L}/{NAME}": b"{", f"ana/{L}/convolution (1).ipynb": beside}))
    notebook = found["ana"].notebook
    assert notebook == taken if taken == b"{" else same(found["ana"], taken)
    assert NAME in " ".join(found["ana"].notes)


def test_work_for_other_lessons_is_counted(tmp_path):
    lay(tmp_path, {f"{n}/{lesson.name}/{lesson.notebook}": b"{}" for n in "abc" for lesson in lessons()[:3]})
    found, told = take(tmp_path)
    assert list(found) == ["a", "b", "c"]
    assert len(told) == 2
    assert all(line.startswith("3 ") for line in told)


def test_a_student_who_handed_in_another_lesson_is_no_trouble(tmp_path):
    lay(tmp_path, {f"ana/{POOLING.name}/pooling.ipynb": OTHER, f"ben/{POOLING.name}/": b"", f"cy/{L}/{NAME}": DONE})
    assert list(take(tmp_path)[0]) == ["cy"]


@pytest.mark.parametrize("held", [{}, {"report.pdf": b"%PDF"}, {"convolution.py": b"1"}, {"a/b/c.txt": b""}])
def test_a_folder_without_a_notebook_is_named_with_what_it_holds(tmp_path, held):
    lay(tmp_path, {f"ana/{L}/": b"", **{f"ana/{L}/{name}": data for name, data in held.items()}})
    found, _ = take(tmp_path, *lessons())
    assert found["ana"].lesson == L
    assert all(name in found["ana"].problem for name in held)


def test_files_that_say_nobody_s_name_are_named(tmp_path):
    lay(tmp_path, {NAME: DONE, "grades.csv": b"x", f"{L}/convolution (1).ipynb": DONE, f"ana/{L}/{NAME}": DONE})
    found, told = take(tmp_path)
    assert list(found) == ["ana"]
    for name in (NAME, "grades.csv", f"{L}/convolution (1).ipynb"):
        assert any(line.startswith(name) for line in told)


def test_a_single_file_is_a_class_of_one(tmp_path):
    found, _ = take(lay(tmp_path, {f"ana_{NAME}": DONE}) / f"ana_{NAME}")
    assert is_done(found["ana"])


@pytest.mark.parametrize("name", ["none", "none.zip", "x.zip", "x.txt"])
def test_what_is_no_class_gets_a_sentence(tmp_path, name):
    lay(tmp_path, {"x.zip": b"PK\3\4 no zip", "x.txt": b"hello"})
    found, told = take(tmp_path / name)
    assert found == {}
    assert name in told[0]


def test_an_empty_folder_holds_nothing(tmp_path):
    assert collect(tmp_path, [CONVOLUTION]) == ([], [])


def test_a_lesson_that_was_not_released_gets_a_sentence(tmp_path):
    lay(tmp_path / "course", {f"lessons/{L}.py": b""})
    with pytest.raises(FileNotFoundError, match=L):
        collect(tmp_path, [Lesson(tmp_path / "course", L)])


def test_outputs_are_not_carried_along(tmp_path):
    notebook = answered()
    find(notebook, "conv_layer").outputs = [{"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}]
    found, _ = take(lay(tmp_path, {f"ana/{L}/{NAME}": json.dumps(notebook).encode()}))
    assert len(found["ana"].notebook) < 200_000


# ---- what comes with it


@pytest.mark.parametrize(
    "name", ["convnet.npz", "convnet (1).npz", "Copy of convnet.npz", "my_convnet.npz", "ConvNet.NPZ", "../convnet.npz"]
)
def test_the_net_of_lesson_06_comes_along(tmp_path, name):
    place = f"ana/{CIFAR10.name}"
    lay(tmp_path, {f"{place}/{CIFAR10.notebook}": NET_LESSON, os.path.normpath(f"{place}/{name}"): b"net"})
    found, _ = take(tmp_path, CIFAR10)
    assert found["ana"].files == {"convnet.npz": b"net"}


def test_lesson_06_without_its_net_is_graded_and_noted(tmp_path):
    found, _ = take(lay(tmp_path, {f"ana/{CIFAR10.name}/{CIFAR10.notebook}": NET_LESSON}), CIFAR10)
    assert found["ana"].notebook is not None
    assert found["ana"].files == {}
    assert "convnet.npz" in " ".join(found["ana"].notes)


def test_a_net_without_its_notebook_is_named(tmp_path):
    found, _ = take(lay(tmp_path, {"ana/convnet.npz": b"net"}), *lessons())
    assert "convnet.npz" in found["ana"].problem


def test_a_net_on_canvas_comes_along(tmp_path):
    files = {f"doe_1_2_{CIFAR10.notebook}": NET_LESSON, "doe_1_3_convnet.npz": b"net", "roe_2_4_convnet.npz": b"other"}
    found, _ = take(lay(tmp_path, files), CIFAR10)
    assert found["doe"].files == {"convnet.npz": b"net"}
    assert "convnet.npz" in found["roe"].problem


def test_a_net_that_is_too_large_is_left_out_by_name(tmp_path):
    place = f"ana/{CIFAR10.name}"
    lay(tmp_path, {f"{place}/{CIFAR10.notebook}": NET_LESSON, f"{place}/convnet.npz": bytes(limits.LARGEST_FILE + 1)})
    found, _ = take(tmp_path, CIFAR10)
    assert found["ana"].files == {}
    assert any("convnet.npz has more than" in note for note in found["ana"].notes)


def test_files_that_nothing_needs_are_left_out_and_named(tmp_path):
    files = {f"ana/{L}/{NAME}": DONE, f"ana/{L}/numpy.py": b"evil", f"ana/{L}/timestamp.txt": b"2026"}
    found, _ = take(lay(tmp_path, files))
    assert found["ana"].files == {}
    (note,) = found["ana"].notes
    assert "numpy.py" in note
    assert "timestamp" not in note


# ---- zips


def test_the_zip_that_a_student_handed_in_is_opened(tmp_path):
    inner = zipped({f"my work/{NAME}": DONE, "my work/data.csv": b"1", f"__MACOSX/my work/._{NAME}": b""})
    lay(
        tmp_path,
        {
            "ana/homework.zip": inner,
            "ben.zip": inner,
            "doe_1_2_work.zip": inner,
            "Jo_3_assignsubmission_file_/x.zip": inner,
            f"cy_{NAME.removesuffix('.ipynb')}.zip": inner,
            "dee/twice.zip": zipped({"inner.zip": inner}),
        },
    )
    found, told = take(tmp_path)
    assert list(found) == ["Jo", "ana", "ben", "cy", "dee", "doe"]
    assert all(is_done(submission) for submission in found.values())
    assert all("data.csv" in " ".join(submission.notes) for submission in found.values())
    assert len(told) == 1


def test_nothing_in_a_student_s_folder_makes_it_another_student_s(tmp_path):
    lay(
        tmp_path,
        {
            f"Ana_1_assignsubmission_file_/{NAME}": UNTOUCHED,
            f"eve/Ana_1_assignsubmission_file_/{NAME}": DONE,
            f"fay/ana/{NAME}": DONE,
            "gus.zip": zipped({f"Ana_1_assignsubmission_file_/{NAME}": DONE}),
            "han.zip": zipped({f"ana_1_2_{NAME}": DONE}),
            f"Ida_2_assignsubmission_file_Ana_1_assignsubmission_file_{NAME}": DONE,
        },
    )
    found, _ = take(tmp_path)
    assert list(found) == ["Ana", "Ida", "eve", "fay", "gus", "han"]
    assert same(found["Ana"], UNTOUCHED)


def test_an_export_beside_others_is_named_and_not_taken_for_a_student(tmp_path):
    two = {f"{n}_assignsubmission_file_/{NAME}": DONE for n in ("Ana_1", "Ben_2")}
    lay(tmp_path, {f"ML-02 Convolution-4711/{path}": data for path, data in two.items()})
    lay(tmp_path, {f"canvas/{n}_{NAME}": DONE for n in ("ana_1_2", "ben_3_4")} | {f"cy/{NAME}": DONE})
    found, told = take(tmp_path)
    assert list(found) == ["cy"]
    assert len(told) == 2


def test_a_zip_of_a_folder_of_the_class_is_unwrapped(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped({f"class 2026/{name}/{NAME}": DONE for name in ("ana", "ben")}))
    assert list(take(tmp_path / "x.zip")[0]) == ["ana", "ben"]


def test_names_in_zips_of_all_systems_are_read(tmp_path):
    utf8_undeclared = zipped({f"Zo@@/{NAME}": DONE}).replace(b"Zo@@", "Zoë".encode())
    (tmp_path / "mac.zip").write_bytes(utf8_undeclared)
    assert list(take(tmp_path / "mac.zip")[0]) == ["Zoë"]
    (tmp_path / "windows.zip").write_bytes(
        zipped({f"ana/{L}/{NAME}": DONE}).replace(b"ana/" + L.encode() + b"/", b"ana\\" + L.encode() + b"\\")
    )
    assert list(take(tmp_path / "windows.zip")[0]) == ["ana"]


def member(name, data=b"x", mode=0, **more):
    """A member of a zip with what a hostile one says of it."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = more.get("method", zipfile.ZIP_DEFLATED)
    return info, data


HOSTILE = {
    "climbs out": member(f"../../../{NAME}"),
    "climbs out below": member(f"ana/../../{NAME}"),
    "absolute": member(f"/etc/{NAME}"),
    "a drive": member(f"C:\\Windows\\{NAME}"),
    "a share": member(f"\\\\server\\share\\{NAME}"),
    "a link": member(f"ana/{L}/link.ipynb", b"/etc/passwd", stat.S_IFLNK | 0o777),
    "a pipe": member(f"ana/{L}/pipe.ipynb", b"", stat.S_IFIFO | 0o666),
    "a device": member(f"ana/{L}/device.ipynb", b"", stat.S_IFCHR | 0o666),
    "deep": member("/".join(["d"] * 50) + "/deep.ipynb"),
    "a long name": member("n" * 5000 + ".ipynb"),
    "huge": member(f"ana/{L}/huge.ipynb", bytes(limits.LARGEST_NOTEBOOK + 1)),
    "packed in another way": member(f"ana/{L}/bz2.ipynb", b"x" * 100, method=zipfile.ZIP_BZIP2),
    "a bomb of zips": member(
        "ana/bomb.zip",
        zipped({f"{n}.zip": zipped({"0.zip": zipped({"0.zip": zipped({"a": b""})})}) for n in range(30)}),
    ),
    "no zip": member("ana/no.zip", b"PK\3\4"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_dangerous_in_a_zip_is_refused_by_name_and_the_rest_goes_on(tmp_path, what):
    info, data = HOSTILE[what]
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(info, data)
        archive.writestr(f"ana/{L}/{NAME}", DONE)
        archive.writestr(f"ben/{L}/{NAME}", DONE)
    before = sorted(tmp_path.parent.rglob("*"))
    found, told = take(tmp_path / "class.zip")
    assert {name for name, one in found.items() if one.notebook and is_done(one)} >= {"ana", "ben"}
    said = " ".join([*told, *(note for one in found.values() for note in (*one.notes, one.problem))])
    assert info.filename.replace("\\", "/").rpartition("/")[2][-20:] in said
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_locked_zip_is_named(tmp_path):
    data = bytearray(zipped({f"ana/{L}/{NAME}": DONE, f"ben/{L}/{NAME}": DONE}))
    for signature, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(signature) + offset] |= 1  # the first member's flag of encryption
    (tmp_path / "class.zip").write_bytes(data)
    found, _ = take(tmp_path / "class.zip")
    assert "password" in found["ana"].problem
    assert is_done(found["ben"])


def test_members_that_claim_to_be_small_are_cut_off(tmp_path):
    data = zipped({f"ana/{L}/{NAME}": bytes(limits.LARGEST_NOTEBOOK * 3), f"ben/{L}/{NAME}": DONE})
    size = (limits.LARGEST_NOTEBOOK * 3).to_bytes(4, "little")
    (tmp_path / "class.zip").write_bytes(data.replace(size, (1000).to_bytes(4, "little")))
    found, _ = take(tmp_path / "class.zip")
    assert found["ana"].problem or found["ana"].notebook
    assert len(found["ana"].notebook or b"") <= limits.LARGEST_NOTEBOOK
    assert is_done(found["ben"])


@pytest.mark.parametrize("seed", range(150))
def test_damaged_zips_stop_nothing(tmp_path, seed):
    import random

    rng = random.Random(seed)
    data = bytearray(zipped({f"ana/{L}/{NAME}": b"{}", "cy/x.zip": zipped({NAME: b"{}"})}))
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    data = data[: rng.choice([len(data), rng.randrange(len(data))])]
    lay(tmp_path, {"ana.zip": bytes(data), f"ben/{L}/{NAME}": b"{}"})
    assert "ben" in take(tmp_path)[0]
    take(tmp_path / "ana.zip")


# ---- files that are none


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_links_pipes_and_sockets_are_refused_by_name(tmp_path):
    secret = lay(tmp_path / "secret", {f"{L}/{NAME}": DONE})
    root = lay(
        tmp_path / "c", {f"ben/{L}/{NAME}": DONE, f"ana/{L}/": b"", f"cy/{L}/": b"", f"dee/{L}/": b"", "fay/x": b""}
    )
    (root / f"ana/{L}/{NAME}").symlink_to(secret / L / NAME)
    os.mkfifo(root / f"cy/{L}/{NAME}")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(root / "dee" / L)  # a socket's path must be short
        server.bind(NAME)
        os.chdir(here)
    (root / "eve").symlink_to(secret)
    (root / "fay" / L).symlink_to(secret / L)
    (root / "gus").symlink_to(root)
    found, told = take(root)
    assert is_done(found["ben"])
    for name, kind in (("ana", "link"), ("cy", "pipe"), ("dee", "socket")):
        assert kind in found[name].problem
    assert {"eve", "gus"}.isdisjoint(found)
    said = " ".join(told)
    assert all(name in said for name in ("eve", "gus", f"fay/{L}"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_net_that_is_a_link_is_left_out_and_said(tmp_path):
    lay(tmp_path, {f"ana/{CIFAR10.name}/{CIFAR10.notebook}": NET_LESSON, "net": b"secret"})
    (tmp_path / "ana" / CIFAR10.name / "convnet.npz").symlink_to(tmp_path / "net")
    found, _ = take(tmp_path, CIFAR10)
    assert found["ana"].files == {}
    assert any("link" in note for note in found["ana"].notes)


def test_a_heap_of_files_hides_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr("cs_utils.grading.classroom.intake.tree.MOST_ENTRIES", 20)
    monkeypatch.setattr("cs_utils.grading.classroom.intake.student.MOST_NOTEBOOKS", 5)
    deep = "/".join(["d"] * 40)
    lay(tmp_path, {f"ana/heap/{n:03}.txt": b"" for n in range(30)} | {f"ana/{L}/{NAME}": DONE, f"ana/{deep}/": b""})
    lay(tmp_path, {f"ben/{L}/many/{n}.ipynb": b"{}" for n in range(9)} | {f"ben/{L}/{NAME}": DONE})
    found, told = take(tmp_path)
    assert is_done(found["ana"])
    assert is_done(found["ben"])
    said = " ".join(told)
    assert "ana/heap holds more than" in said
    assert "deeper" in said
    assert "too many" in said


def test_a_large_notebook_is_refused_by_name(tmp_path):
    lay(tmp_path, {f"ana/{L}/{NAME}": b" " * (limits.LARGEST_NOTEBOOK + 1), f"ben/{L}/{NAME}": DONE})
    found, _ = take(tmp_path)
    assert "MB" in found["ana"].problem
    assert is_done(found["ben"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_named(tmp_path):
    lay(tmp_path, {f"ana/{L}/{NAME}": DONE, f"ben/{L}/{NAME}": DONE})
    (tmp_path / "ana" / L).chmod(0)
    found, told = take(tmp_path)
    assert is_done(found["ben"])
    assert "ana" in " ".join(told)
