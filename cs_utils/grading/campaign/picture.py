"""All that grading leaves in a folder, in a form in which two runs can be compared: without ids and times."""

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, MetaData, Table, create_engine, select

Picture = dict[str, list[Any]]  # by path, or table and names; all but what is doubled has one value
NOT_COMPARED = {"backups", "gradebook.db", "gradebook.db-journal", "secret", ".lock", "journal.jsonl", "submitted"}
NAMES = ("student", "course")  # tables whose ids are names


def picture(folder: Path, url: str = "") -> Picture:
    """Return what is in a folder in which a class was graded, and in its gradebook."""
    found: Picture = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not NOT_COMPARED.intersection(parts):
            content = path.read_bytes()
            if parts[0] == "results":
                record = json.loads(content)
                del record["seconds"]
                content = json.dumps(record).encode()
            found["/".join(parts)] = [hashlib.sha256(content).hexdigest()]
    return found | gradebook(url or f"sqlite:///{(folder / 'gradebook.db').as_posix()}")


def gradebook(url: str) -> Picture:
    """Return the rows of a gradebook: by table and names, those of what they refer to included."""
    engine, tables = create_engine(url), MetaData()
    tables.reflect(engine)
    names: dict[tuple[str, str], str] = {}
    found: Picture = defaultdict(list)
    with engine.connect() as db:
        for table in tables.sorted_tables:  # what a table refers to comes first
            for row in db.execute(select(table)).mappings():
                name = _name(table, dict(row), names)
                names[table.name, row.get("id", "")] = name
                # SQLite keeps the time of an extension as a date, PostgreSQL as an interval.
                skipped = {"id", "name", "extension", *(key.parent.name for key in table.foreign_keys)}
                kept = [c for c in table.columns if c.name not in skipped and not isinstance(c.type, DateTime)]
                found[f"gradebook: {table.name} {name}"].append([str(row[column.name]) for column in kept])
    engine.dispose()
    return {name: sorted(values) for name, values in found.items()}


def _name(table: Table, row: dict[str, Any], names: dict[tuple[str, str], str]) -> str:
    parts = [names[key.column.table.name, row[key.parent.name]] for key in sorted(table.foreign_keys, key=str)]
    own = row["id"] if table.name in NAMES else row.get("name", "")
    return "/".join([*parts, own])


def differences(wanted: Picture, found: Picture) -> dict[str, list[str]]:
    """Return the names of what is lost, doubled (or new), and other than wanted."""
    return {
        "lost": [name for name in wanted if len(found.get(name, [])) < len(wanted[name])],
        "doubled": [name for name in found if len(found[name]) > len(wanted.get(name, []))],
        "different": [n for n in wanted if len(found.get(n, [])) == len(wanted[n]) and found[n] != wanted[n]],
    }
