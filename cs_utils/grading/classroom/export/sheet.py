"""A table that a learning platform exported: read, filled in, and written as it came.

Encoding (UTF-8 with or without a byte order mark, UTF-16, Windows' cp1252), delimiter (comma, semicolon, tab), ends of
lines and the decimal sign are kept.
"""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from cs_utils.files import replace_atomically

LARGEST = 50_000_000  # bytes
DELIMITERS = ",;\t"
DECIMAL_COMMA = re.compile(r"\s*\d+,\d+\s*")


class Unusable(Exception):
    """A file or a wish that cannot be filled in; the text says why, and what was expected."""


@dataclass
class Sheet:
    """The rows of a table, the header first, and how it is written."""

    rows: list[list[str]]
    encoding: str
    delimiter: str
    newline: str

    @property
    def header(self) -> list[str]:
        return self.rows[0]

    def column(self, *titles: str) -> int | None:
        """Return where one of some titles stands, in any case; None if none does."""
        wanted = {title.casefold() for title in titles}
        return next((i for i, title in enumerate(self.header) if title.strip().casefold() in wanted), None)

    def cell(self, row: int, column: int | None) -> str:
        """Return a cell's text, "" where the row ends before it."""
        there = self.rows[row]
        return there[column].strip() if column is not None and column < len(there) else ""

    def put(self, row: int, column: int, text: str) -> None:
        """Write a cell."""
        there = self.rows[row]
        there += [""] * (column + 1 - len(there))
        there[column] = text

    def number(self, value: float) -> str:
        """Return a number as this table writes them: with two decimals at most, and a comma where it has commas."""
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self.has_decimal_commas() else text

    def has_decimal_commas(self) -> bool:
        return any(DECIMAL_COMMA.fullmatch(cell) for row in self.rows[1:] for cell in row)


def read(path: Path) -> Sheet:
    """Return the table in a file; raise Unusable if there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise Unusable(f"{path} has {len(data):,} bytes: no table of a class has so many")
    if data[:2] == b"PK":
        raise Unusable(f"{path} is a spreadsheet or a zip: export it as text (CSV)")
    text, encoding = _decode(data)
    newline = "\r\n" if "\r\n" in text else "\n"
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unusable(f"{path} is no table (CSV): {error}") from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise Unusable(f"{path} should have a line of titles and a line for each student")
    return Sheet(rows, encoding, delimiter, newline)


def _decode(data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16"), "utf-16"
    for encoding in ("utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def write(sheet: Sheet, path: Path) -> None:
    """Write a table, whole or not at all."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sheet.delimiter, lineterminator=sheet.newline).writerows(sheet.rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_atomically(path) as draft:
        draft.write_bytes(text.getvalue().encode(sheet.encoding))
