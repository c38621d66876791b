"""A mutant in a process of its own."""

import os
import time

import pytest

from cs_utils.grading.mutants.processes import Crashed, Stopped, in_a_process


def test_what_comes_back():
    assert in_a_process(lambda: {"a": [1, None, "text"]}, 20) == {"a": [1, None, "text"]}


def test_nothing_here_is_changed():
    numbers = [1]
    assert in_a_process(lambda: numbers.append(2) or numbers, 20) == [1, 2]
    assert numbers == [1]


def test_an_endless_loop_is_stopped():
    def endless():
        while True:
            pass

    begin = time.monotonic()
    with pytest.raises(Stopped):
        in_a_process(endless, 0.5)
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("end", [lambda: os._exit(3), lambda: bytearray(10**12), lambda: os.kill(os.getpid(), 9)])
def test_a_process_that_ends_without_a_result(end):
    with pytest.raises(Crashed):
        in_a_process(end, 20)
