"""What a class handed in: a folder or zip, laid out by nbgrader, a learning platform, or by hand.

Everyone in it comes out with a notebook to grade, or with the reason why there is none; what is not taken is named.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cs_utils.grading.authoring.paths import Lesson, lessons
from cs_utils.grading.classroom.intake.archives import expand, is_archive, open_archive
from cs_utils.grading.classroom.intake.names import (
    Owner,
    folder_owner,
    is_hidden,
    is_notebook,
    mentions_lesson,
    names_lesson,
    rest_of,
    safe_id,
    shown,
    upload,
)
from cs_utils.grading.classroom.intake.recognition import Course
from cs_utils.grading.classroom.intake.student import Submission, submissions_of
from cs_utils.grading.classroom.intake.tree import Parts, Refused, Tree, path_of, scan

__all__ = ["Submission", "collect", "safe_id"]

WRAPPERS = {"submitted", "submissions"}  # folders around a class that nobody takes for a student
ANONYMOUS = {"participant", "anonymous", "anon"}  # what platforms call everybody in blind marking


def collect(source: Path, wanted: list[Lesson]) -> tuple[list[Submission], list[str]]:
    """Return all submissions for some lessons in a folder or zip, sorted, and in words what was not taken and why.

    Nothing is written anywhere, no link is followed, and no file can keep the others from being taken.

    Parameters
    ----------
    source : Path
        A folder with one folder per student (``STUDENT/LESSON/NOTEBOOK.ipynb`` or less), files with the students' names
        in theirs, or an export of Moodle or Canvas, unpacked or as the zip that it came as.
    wanted : list of Lesson
        The lessons to grade, at least one; work for others is counted, not taken.

    Raises
    ------
    FileNotFoundError
        If a lesson was not released: there is nothing to compare a submission with.
    """
    course = Course(lessons(wanted[0].root))
    names = [lesson.name for lesson in wanted]
    if missing := [name for name in names if name not in course.lessons]:
        raise FileNotFoundError(
            f"there is no released notebook of {', '.join(missing)}: python course.py build makes it"
        )
    try:
        tree = _without_wrapper(_open(source), course)
    except Refused as reason:
        return [], [f"{shown(source.name)} {reason}"]
    found: list[tuple[Owner, Submission]] = []
    told: list[str] = []
    hidden, elsewhere = list(tree.hidden), Counter[str]()
    for owner, part in _by_owner(tree, course, told):
        whole = expand(part)
        hidden += whole.hidden
        submissions, said = submissions_of(whole, owner.name, course, names)
        told += said
        found += [(owner, submission) for submission in submissions if submission.lesson in names]
        elsewhere.update(submission.lesson for submission in submissions if submission.lesson not in names)
    told += [f"{number} submissions for {name}, which is not graded now" for name, number in sorted(elsewhere.items())]
    if hidden:
        kinds = Counter(next(filter(is_hidden, parts)) for parts in hidden)
        listed = ", ".join(shown(name) for name, _ in kinds.most_common(5))
        told.append(f"{len(hidden)} files and folders that systems and editors hide ({listed})")
    return sorted(_with_distinct_names(found), key=lambda one: (one.lesson, one.student)), told


def _open(source: Path) -> Tree:
    if source.is_dir():
        return scan(source)
    if not source.is_file():
        raise Refused("is no folder and no file")
    return open_archive(source) if is_archive(source.name) else scan(source.parent, only=source.name)


def _without_wrapper(tree: Tree, course: Course) -> Tree:
    """Take a folder away that holds the whole class, as a zip of a folder has it."""
    paths = [*tree.folders, *(entry.parts for entry in tree.entries)]
    tops = {parts[0] for parts in paths}
    if len(tops) != 1 or any(len(entry.parts) == 1 for entry in tree.entries):
        return tree
    (top,) = tops
    below = [entry.parts[1:] for entry in tree.entries if is_notebook(entry.name) or is_archive(entry.name)]
    people = {parts[0] for parts in below if len(parts) > 1 and not _is_lesson(parts[0], course)}
    marked = [bool(upload(parts[1]).owner) for parts in paths if len(parts) > 1]
    is_class = top.casefold() in WRAPPERS or all(marked) or (len(people) > 1 and all(len(parts) > 1 for parts in below))
    if not is_class or not marked or _is_lesson(top, course) or upload(top).owner:
        return tree
    inside = Tree(
        [replace(entry, parts=entry.parts[1:]) for entry in tree.entries],
        {parts[1:] for parts in tree.folders if len(parts) > 1},
        [(parts[1:] or parts, why) for parts, why in tree.refused],
        tree.hidden,
    )
    return _without_wrapper(inside, course)


def _by_owner(tree: Tree, course: Course, told: list[str]) -> Iterator[tuple[Owner, Tree]]:
    """Yield what belongs to each student; tell what belongs to nobody."""
    trees: dict[Owner, Tree] = defaultdict(Tree)
    for folder in tree.folders:
        if owner := _owner_of_folder(folder, course):
            trees[owner].folders.add(folder)
    for entry in tree.entries:
        if owner := _owner(entry.parts, course):
            trees[owner].entries.append(entry)
        else:
            is_work = is_notebook(entry.name) or is_archive(entry.name)
            why = "its name says no student's" if is_work else "is no notebook"
            told.append(f"{entry.path} lies in no student's folder, and {why}")
    for parts, why in tree.refused:
        if owner := _owner_of_folder(parts[:-1], course):
            trees[owner].refused.append((parts, why))
        else:
            told.append(f"{path_of(parts)} {why}")
    for owner, part in sorted(trees.items(), key=lambda item: (item[0].name, item[0].number)):
        if _is_export(part):
            told.append(
                f"{shown(owner.name)} looks like the export of a learning platform: it has to be graded by itself"
            )
        else:
            yield owner, part


def _is_export(part: Tree) -> bool:
    """Does what looks like a student's folder hold the marked folders or files of several?

    They are not taken: whose work something is, nothing within a student's folder may decide.
    """
    paths = [parts for parts in (*part.folders, *(entry.parts for entry in part.entries)) if len(parts) > 1]
    return len({owner for parts in paths if not upload(parts[0]).owner and (owner := upload(parts[1]).owner)}) > 1


def _owner_of_folder(folders: Parts, course: Course) -> Owner | None:
    """Return whose a folder is: the first that is no lesson's is a student's."""
    person = next((part for part in folders if not _is_lesson(part, course)), None)
    return None if person is None else folder_owner(person) or Owner(person)


def _owner(parts: Parts, course: Course) -> Owner | None:
    """Return whose a file is: its folder's owner, else by what a platform or a person wrote into its name."""
    if owner := _owner_of_folder(parts[:-1], course):
        return owner
    own = upload(parts[-1])
    if own.owner:
        return own.owner
    name = own.name
    for lesson in course.lessons.values():
        if mentions_lesson(name, lesson):
            name = rest_of(name, lesson)
    is_work = is_notebook(own.name) or is_archive(own.name)
    return Owner(name.removesuffix(".zip").removesuffix(".ipynb")) if name and is_work else None


def _is_lesson(name: str, course: Course) -> bool:
    return any(names_lesson(name, lesson) for lesson in course.lessons.values())


def _with_distinct_names(found: list[tuple[Owner, Submission]]) -> Iterator[Submission]:
    """Yield submissions under their students' names; two students of one name get their numbers after it."""
    numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for owner, submission in found:
        numbers[owner.name, submission.lesson].add(owner.number)
    for owner, submission in found:
        alone = len(numbers[owner.name, submission.lesson]) == 1 and owner.name.casefold() not in ANONYMOUS
        name = owner.name if alone or not owner.number else f"{owner.name}_{owner.number}"
        yield replace(submission, student=name, owner=owner if owner.platform else None)
