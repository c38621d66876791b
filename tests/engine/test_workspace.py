"""Scratch memory: what is taken together never overlaps, and a block is as large as it needs to be."""

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cs_utils.engine import workspace

BYTE = np.dtype(np.uint8)
MB = 2**20


@pytest.fixture
def fresh():
    """Run a function in a thread that has no block yet."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


def call(*sizes):
    """One outermost frame that takes so much; the block's size afterwards."""
    with workspace.frame():
        for size in sizes:
            workspace.take((size,), BYTE)
    return workspace._block.memory.size


def test_a_block_grows_to_what_a_call_needs(fresh):
    assert 5 * MB <= fresh(call, 3 * MB, 2 * MB) <= 8 * MB
    assert 5 * MB <= fresh(call, MB) <= 8 * MB
    assert 9 * MB <= fresh(call, 9 * MB) <= 12 * MB


def test_a_block_shrinks_when_calls_have_needed_much_less_for_long(fresh):
    assert fresh(call, 80 * MB) >= 80 * MB
    sizes = [fresh(call, MB) for _ in range(workspace.PATIENCE)]
    assert sizes[0] >= 80 * MB
    assert sizes[-1] <= 4 * MB


def test_a_block_stays_while_some_calls_need_it(fresh):
    sizes = [fresh(call, 80 * MB if number % 50 == 0 else MB) for number in range(3 * workspace.PATIENCE)]
    assert min(sizes) >= 80 * MB


def test_a_block_is_not_exchanged_for_a_little(fresh):
    before = fresh(call, 8 * MB)
    assert {fresh(call, 3 * MB) for _ in range(3 * workspace.PATIENCE)} == {before}


def test_nothing_is_exchanged_within_a_frame(fresh):
    def work():
        with workspace.frame():
            kept = workspace.take((MB,), BYTE)
            kept[:] = 7
            for _ in range(2 * workspace.PATIENCE):
                call(64 * MB)
            return bool(np.all(kept == 7)) and np.shares_memory(kept, workspace._block.memory)

    fresh(call, 2 * MB)
    assert fresh(work)


@settings(max_examples=50, deadline=None)
@given(st.recursive(st.integers(1, 5000), lambda inner: st.lists(inner, max_size=4), max_leaves=12))
def test_arrays_of_open_frames_share_no_memory(tree):
    """A list is a frame, a number an array to take in it; twice, because the block grows after the first time."""

    def walk(node, taken):
        if isinstance(node, int):
            taken.append(workspace.take((node,), BYTE))
            return
        with workspace.frame():
            inside = list(taken)
            for child in node:
                walk(child, inside)
                assert not any(np.shares_memory(a, b) for a, b in combinations(inside, 2))

    for _ in range(2):
        walk([tree], [])
    assert workspace._block.used == 0


def test_results_are_ordinary_memory_unless_asked_for_in_scratch(fresh):
    def work():
        call(MB)
        with workspace.frame():
            ordinary = workspace.result((1000,), BYTE)
        with workspace.results_in_scratch():
            scratch = workspace.result((1000,), BYTE)
        block = workspace._block.memory
        return np.shares_memory(ordinary, block), np.shares_memory(scratch, block)

    assert fresh(work) == (False, True)


def test_each_thread_has_its_own_block(fresh):
    def block():
        call(MB)
        return workspace._block.memory

    assert not np.shares_memory(fresh(block), block())
