"""A PostgreSQL server of one's own: in a temporary folder, on a Unix socket, gone with the tests."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

START = 60.0  # seconds that it may take


class Server:
    """A server that can be stopped and started again. PostgreSQL does not run as root, so root hands it on."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # the path of a socket must be short
        self.programs = programs()
        self.process: subprocess.Popen | None = None
        self.databases = 0
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync").wait()
        self.start()

    def _run(self, program: str, *options: str) -> subprocess.Popen:
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        line = [str(self.programs / program), "-D", str(self.folder / "data"), *options]
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(line, cwd=self.folder, stdout=log, stderr=log, **as_user)

    def start(self) -> None:
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off")
        self.process = self._run("postgres", *[word for setting in settings for word in ("-c", setting)])
        deadline = time.monotonic() + START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start: {(self.folder / 'log.txt').read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        engine = create_engine(self.url("postgres"))
        try:
            with contextlib.suppress(OperationalError), engine.connect():
                return True
            return False
        finally:
            engine.dispose()

    def stop(self) -> None:
        """Stop at once, as a machine does that fails."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make a database and return its address."""
        self.databases += 1
        name = f"gradebook_{self.databases}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)


def programs() -> Path:
    """Return the folder with PostgreSQL's programs, or skip the test."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))  # Debian's place
    if not folders or not (folders[-1] / "initdb").is_file():
        pytest.skip("there is no PostgreSQL server here (Debian: apt-get install postgresql)")
    if os.getuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return folders[-1]
