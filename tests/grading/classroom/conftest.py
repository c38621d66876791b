"""The databases that a gradebook can be in."""

import pytest
from postgres import Server


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server, where it is installed."""
    running = Server()
    yield running
    running.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The address of an empty database: each test with it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'gradebook.db').as_posix()}"
    return request.getfixturevalue("server").new_database()
