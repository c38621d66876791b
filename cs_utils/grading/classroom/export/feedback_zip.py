"""Students' pages as a zip that Moodle takes in ("Upload multiple feedback files in a zip").

Moodle reads a folder's name as NAME_NUMBER_assignsubmission_file_ (`mod/assign/feedback/file/importziplib.php`), split
at the underscores: so a name has none. NUMBER is the participant's, as it was in the zip of submissions.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from cs_utils.files import replace_atomically
from cs_utils.grading.classroom.export.fill import Told
from cs_utils.grading.classroom.intake.collect import safe_id
from cs_utils.grading.classroom.intake.names import MOODLES
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.people import People
from cs_utils.grading.classroom.records import Record


def write(path: Path, folder: Path, records: Iterable[Record], people: People) -> Told:
    """Write the pages in `folder`/feedback of some students to a zip; tell whose could not be sent, and why."""
    told = Told()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_atomically(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in sorted(records, key=lambda one: (one.assignment, one.student)):
            student, who = safe_id(record.student), f"{record.assignment} {record.student}"
            name = Path(material(record.assignment).lesson.notebook).with_suffix(".html").name
            page = folder / "feedback" / student / record.assignment / name
            owner = people.get((student, record.assignment))
            if owner is None or owner.platform != MOODLES:
                told.problems.append(f"{who}: not handed in through a zip from Moodle, so Moodle's number is not known")
            elif not page.is_file():
                told.problems.append(f"{who}: has no page in {folder / 'feedback'}")
            else:
                place = f"{owner.name.replace('_', ' ')}_{owner.number}_assignsubmission_file_"
                entry = zipfile.ZipInfo(f"{place}/{name}", (1980, 1, 1, 0, 0, 0))  # the same pages give the same zip
                archive.writestr(entry, page.read_bytes(), zipfile.ZIP_DEFLATED)
                told.filled += 1
    return told
