"""The processes that grade on this machine."""

import os
import time

import psutil
import pytest

from cs_utils.grading.classroom.workers import cluster

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to a core")


def process_and_cores() -> tuple[int, list[int]]:
    """Of the thread that grades, from which the sandbox inherits them."""
    return os.getpid(), sorted(os.sched_getaffinity(0))


def one_task_each(client):
    addresses = sorted(client.scheduler_info()["workers"])
    return [client.submit(process_and_cores, pure=False, workers=[address]).result(60) for address in addresses]


def test_each_worker_keeps_to_one_core_and_they_share_all_of_them():
    mine = os.sched_getaffinity(0)
    with cluster(2, None) as client:
        found = one_task_each(client)
    assert all(len(cores) == 1 for _, cores in found)
    assert len({cores[0] for _, cores in found}) == min(2, len(mine))
    assert os.sched_getaffinity(0) == mine  # the driver goes wherever there is time


def test_a_worker_in_place_of_a_lost_one_keeps_to_a_core_too():
    with cluster(1, None) as client:
        [(lost, cores)] = one_task_each(client)
        before = set(client.scheduler_info()["workers"])
        psutil.Process(lost).kill()
        deadline = time.monotonic() + 60
        while set(client.scheduler_info()["workers"]) in (before, set()) and time.monotonic() < deadline:
            time.sleep(0.1)
        [(new, its_cores)] = one_task_each(client)
    assert new != lost
    assert its_cores == cores
