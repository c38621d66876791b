"""One student's files: which of them is the notebook of which lesson, what may come with it, and what is left over."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cs_utils.grading.classroom.intake.names import Owner, Upload, is_notebook, mentions_lesson, names_lesson, upload
from cs_utils.grading.classroom.intake.reading import Quarantined, read, without_outputs
from cs_utils.grading.classroom.intake.recognition import Course
from cs_utils.grading.classroom.intake.tree import Entry, Parts, Refused, Tree, path_of
from cs_utils.grading.limits import LARGEST_FILE, LARGEST_NOTEBOOK, MOST_NOTEBOOKS

# not handed in to be graded: written by nbgrader, by Moodle, and by `figures.play`
FOREIGN = {"timestamp.txt", "onlinetext.html", "my_net.html"}
NAMED = 5  # files that a message names; of more it gives the number


@dataclass(frozen=True)
class Submission:
    """One student's work for one lesson, as found; nothing of it has been trusted yet.

    Attributes
    ----------
    student : str
        The name as handed in, any text: data, never a pattern, an option or a path.
    lesson : str
        Such as ``02_convolution``.
    notebook : bytes or None
        Without its outputs. None if there is nothing that could be taken for the lesson's notebook.
    files : dict
        What may come with it (the net of lesson 06), by its proper name.
    notes : tuple of str
        What was passed over or chosen, in words for student and instructor.
    problem : str
        Why it can't be graded at all; then `notebook` is None.
    owner : Owner or None
        Whose it is for the learning platform that it came from, if it came from one.
    """

    student: str
    lesson: str
    notebook: bytes | None
    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str = ""
    owner: Owner | None = None


@dataclass(frozen=True, eq=False)
class Candidate:
    """A notebook's file.

    Attributes
    ----------
    reason : str
        Why it can't be read; else empty.
    content, place : str or None
        The lesson that it is of by what it holds, and by its name and folder.
    """

    entry: Entry
    upload: Upload
    data: bytes
    reason: str
    content: str | None
    place: str | None


def submissions_of(tree: Tree, student: str, course: Course, wanted: list[str]) -> tuple[list[Submission], list[str]]:
    """Return a student's submissions, for any lesson, and in words what belongs to none of them."""
    return _Student(tree, student, course, wanted).submissions()


class _Student:
    def __init__(self, tree: Tree, student: str, course: Course, wanted: list[str]) -> None:
        self.tree, self.student, self.course, self.wanted = tree, student, course, wanted
        self.told = [f"{path_of(parts)} {why}" for parts, why in tree.refused]
        self.notes: dict[str, list[str]] = defaultdict(list)
        self.others = [entry for entry in tree.entries if not is_notebook(upload(entry.name).name)]

    def submissions(self) -> tuple[list[Submission], list[str]]:
        candidates = self._candidates()
        by_lesson: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            by_lesson[candidate.content or candidate.place or self._only_lesson(candidates)].append(candidate)
        for candidate in by_lesson.pop("", []):
            self.told.append(f"{candidate.entry.path} {candidate.reason or 'is of no lesson of this course'}")
        found = [self._submission(lesson, some) for lesson, some in by_lesson.items()]
        for lesson in self.wanted:
            if lesson not in by_lesson and self._is_due(lesson, bool(by_lesson)):
                found.append(Submission(self.student, lesson, None, problem=self._nothing(lesson)))
        self._tell_others([submission.lesson for submission in found])
        if not found and not self.told:
            self.told.append(self._nothing(""))
        return [replace(one, notes=(*one.notes, *self.notes[one.lesson])) for one in found], self.told

    # ---- the notebook

    def _candidates(self) -> list[Candidate]:
        notebooks = [entry for entry in self.tree.entries if is_notebook(upload(entry.name).name)]
        notebooks.sort(key=lambda entry: (len(entry.parts), entry.parts))  # what lies near the top first
        for entry in notebooks[MOST_NOTEBOOKS:]:
            self.told.append(f"{entry.path} is one notebook too many: {MOST_NOTEBOOKS} are opened")
        return [self._candidate(entry) for entry in notebooks[:MOST_NOTEBOOKS]]

    def _candidate(self, entry: Entry) -> Candidate:
        own, data, content, reason = upload(entry.name), b"", None, ""
        try:
            data = entry.load(LARGEST_NOTEBOOK)
            content = self.course.lesson_of(read(data).cells)
            data = without_outputs(data)
        except Refused as error:
            reason = str(error)
        except Quarantined as error:
            reason = f"can't be read: {error}"
        except Exception as error:  # one surprise must not end the class
            reason = f"can't be read ({type(error).__name__})"
        return Candidate(entry, own, data, reason, content, self._place(entry.folder, own.name))

    def _place(self, folder: Parts, name: str = "") -> str | None:
        """Return the lesson that a file's folder or name says it is of."""
        lessons = self.course.lessons.values()
        named = [lesson for part in reversed(folder) for lesson in lessons if names_lesson(part, lesson)]
        mentioned = [
            lesson for part in (name, *reversed(folder)) for lesson in lessons if mentions_lesson(part, lesson)
        ]
        return next((lesson.name for lesson in [*named, *mentioned]), None)

    def _only_lesson(self, candidates: list[Candidate]) -> str:
        """Return what a notebook is of that does not say so: the lesson that is graded, if it is one and missing."""
        if len(self.wanted) != 1 or any(self.wanted[0] in (other.content, other.place) for other in candidates):
            return ""
        return self.wanted[0]

    def _submission(self, lesson: str, candidates: list[Candidate]) -> Submission:
        known = [candidate for candidate in candidates if candidate.content == lesson]
        unreadable = [candidate for candidate in candidates if candidate.reason]
        strangers = [candidate for candidate in candidates if candidate not in known and candidate not in unreadable]
        if not known and len(strangers) > 1:
            names = _listed(candidate.entry for candidate in strangers)
            problem = f"there are several notebooks, none of which can be told to be this lesson's: {names}"
            return Submission(self.student, lesson, None, problem=problem)
        chosen, why = self._best(lesson, known or strangers or unreadable)
        if known and unreadable and self.course.answers_in(chosen.data, lesson) < 1:
            chosen, why = unreadable[-1], "the other has no answers, so a person should look"
        if not chosen.data:
            return Submission(self.student, lesson, None, problem=f"{chosen.entry.path} {chosen.reason}")
        notes = self._about(chosen, lesson)
        for other in candidates:
            if other in strangers and other is not chosen:
                notes.append(f"{other.entry.path} was passed over: it is of no lesson of this course")
            elif other in unreadable and other is not chosen:
                notes.append(f"{other.entry.path} was passed over: it {other.reason}")
            elif other is not chosen:
                notes.append(f"{chosen.entry.path} was taken and {other.entry.path} passed over: {why}")
        return Submission(self.student, lesson, chosen.data, self._files(lesson, chosen), tuple(notes))

    def _best(self, lesson: str, candidates: list[Candidate]) -> tuple[Candidate, str]:
        """Return the notebook with the most answers, of several the latest, and why it is that one."""
        if len(candidates) == 1:
            return candidates[0], ""
        proper = self.course.lessons[lesson].notebook
        answers = {candidate: self.course.answers_in(candidate.data, lesson) for candidate in candidates}

        def rank(candidate: Candidate) -> tuple[int, tuple[int, ...], int, bool]:
            return answers[candidate], candidate.entry.time, candidate.upload.number, candidate.upload.name == proper

        best = max(candidates, key=rank)
        if len({candidate.data for candidate in candidates}) == 1:
            return best, "they are the same"
        if all(answers[other] < answers[best] for other in candidates if other is not best):
            return best, "it has the most answers"
        return best, "it is the latest of those with the most answers"

    def _about(self, chosen: Candidate, lesson: str) -> list[str]:
        notes = []
        if chosen.upload.name != self.course.lessons[lesson].notebook:
            notes.append(f"it was handed in as {path_of((chosen.upload.name,))}")
        if chosen.place not in (None, lesson):
            notes.append(f"{chosen.entry.path} was taken for {lesson}, of which it is a notebook")
        if chosen.upload.late:
            notes.append("its name says that it was handed in late")
        return notes

    # ---- what may come along, and what is left over

    def _files(self, lesson: str, chosen: Candidate) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        notes = self.notes[lesson]
        for name in self.course.files_of(lesson):
            found = [entry for entry in self.others if _is_version(upload(entry.name).name, name)]
            found.sort(key=lambda e: (e.folder == chosen.entry.folder, upload(e.name).name == name, e.time, e.parts))
            self.others = [entry for entry in self.others if entry not in found]
            for entry in reversed(found):
                try:
                    if name in files:
                        raise Refused(f"was left out: one {name} is enough")
                    files[name] = entry.load(LARGEST_FILE)
                    if upload(entry.name).name != name:
                        notes.append(f"{entry.path} was taken for {name}")
                except Refused as reason:
                    notes.append(f"{entry.path} {reason}")
            notes += [f"{path_of(parts)} {why}" for parts, why in self.tree.refused if _is_version(parts[-1], name)]
            if name not in files:
                notes.append(f"no {name} came with it")
        return files

    def _tell_others(self, lessons: list[str]) -> None:
        """Say which files are not needed: to the lesson that they lie with, else to the instructor."""
        over: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.others:
            if upload(entry.name).name.casefold() not in FOREIGN:
                only = lessons[0] if len(lessons) == 1 else ""
                place = self._place(entry.folder)
                over[place if place in lessons else only].append(entry)
        for lesson, entries in over.items():
            (self.notes[lesson] if lesson else self.told).append(f"left out, as nothing needs it: {_listed(entries)}")

    def _is_due(self, lesson: str, has_others: bool) -> bool:
        """Did a student without a notebook for a lesson mean to hand one in?

        There is a folder for it, or a file that would come along, or it is the only lesson asked for and nothing here
        is of another.
        """
        folders = {part for parts in self.tree.folders for part in parts}
        named = {name for name, other in self.course.lessons.items() if any(names_lesson(f, other) for f in folders)}
        files = self.course.files_of(lesson)
        comes = any(_is_version(upload(entry.name).name, name) for name in files for entry in self.others)
        return lesson in named or comes or (self.wanted == [lesson] and not has_others and not named)

    def _nothing(self, lesson: str) -> str:
        """Return in words what there is where no notebook is."""
        folders = [parts for parts in self.tree.folders if lesson and self._place(parts) == lesson]
        around = folders or self.tree.folders or [entry.folder for entry in self.tree.entries] or [()]
        root = min(around, key=lambda parts: (len(parts), parts))
        held = [entry for entry in self.tree.entries if entry.parts[: len(root)] == root]
        refused = [f"{path_of(parts)} {why}" for parts, why in self.tree.refused if parts[: len(root)] == root]
        what = [f"it holds {_listed(held)}"] if held else [] if refused else ["it is empty"]
        said = "; ".join([*what, *refused[:NAMED]])
        return f"no notebook of this lesson is in {path_of(root or (self.student,))}: {said}"


def _is_version(name: str, proper: str) -> bool:
    """Is this the name of a file that may come along, perhaps of a copy: ``convnet (1).npz``?"""
    stem, _, ending = proper.rpartition(".")
    return re.fullmatch(rf"(.*[\W_])?{re.escape(stem)}([\W_].*)?\.{re.escape(ending)}", name, re.I | re.S) is not None


def _listed(entries: Iterable[Entry]) -> str:
    paths = [entry.path for entry in entries]
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(paths[:NAMED]) + more
