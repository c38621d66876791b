"""The databases that a gradebook can be in."""

import os

import pytest
from postgres import Server


def pytest_collection_modifyitems(items):
    """Skip what takes minutes each, unless it is asked for."""
    if "COURSE_LONG_TESTS" in os.environ:
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes minutes; COURSE_LONG_TESTS=1 in the environment runs it"))


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
