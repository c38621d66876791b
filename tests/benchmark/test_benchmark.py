"""The benchmark: that it measures what it says. No test depends on how long anything takes."""

import json
from dataclasses import replace

import numpy as np
import pytest
from oracles import assert_close

from cs_utils.benchmark import __main__ as command
from cs_utils.benchmark import busy, machine, measure, memory, picture, report, rows, run, tricks
from cs_utils.benchmark.machine import Limits
from cs_utils.benchmark.measure import Timing
from cs_utils.benchmark.numpy_layers import NUMPY
from cs_utils.benchmark.peers import TORCH, contender
from cs_utils.benchmark.work import Convolution, Pooling, TrainingStep
from cs_utils.engine.threads import get_threads

PEERS = ["textbook", "im2col", "loops", *TORCH]
LIMITS = Limits(1, 100e9, 20e9, 80e9)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(
    "sizes", [(7, 3, 4, 3, 1, 1), (7, 5, 2, 3, 2, 1), (6, 4, 3, 2, 1, 0), (9, 2, 3, 5, 2, 2), (8, 3, 2, 2, 3, 0)]
)
def test_each_peer_s_convolution_is_ours(peer, backward, sizes):
    work = Convolution.random(3, *sizes, backward)
    expected, answer = contender(work, "ours").answer(), contender(work, peer).answer()
    assert answer.keys() == expected.keys()
    assert ("dx" in answer) == (backward and sizes[1] != 3)
    for name in expected:
        assert_close(answer[name], expected[name])


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("sizes", [(6, 5, 2, 2), (7, 3, 3, 2), (7, 4, 2, 5), (5, 2, 1, 1)])
def test_each_peer_s_pooling_is_ours(peer, kind, sizes):
    work = Pooling.random(kind, 2, *sizes, backward=True)
    expected, answer = contender(work, "ours").answer(), contender(work, peer).answer()
    assert answer.keys() == expected.keys() == {"y", "dx"}
    for name in expected:
        assert_close(answer[name], expected[name])


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("pattern", ["conv4-relu-pool-fc", "conv3F5-relu-conv4F2S2P0-avgpool-fc6-relu-fc"])
def test_each_peer_s_training_step_is_ours(peer, pattern):
    work = TrainingStep.random(pattern, 5, 8)
    expected = contender(work, "ours").answer()
    assert expected.keys() == {"loss", *work.net().parameters}
    answer = contender(work, peer).answer()
    assert answer.keys() == expected.keys()
    for name in expected:
        assert_close(answer[name], expected[name])


def test_counts_of_operations_and_bytes():
    conv = Convolution.random(2, 8, 4, 5, 3, 1, 1, backward=False)
    assert conv.flops == 2 * 2 * 64 * 9 * 4 * 5
    assert replace(conv, backward=True).flops == 3 * conv.flops
    assert Convolution.random(2, 8, 3, 5, 3, 1, 1, backward=True).flops == 2 * (2 * 2 * 64 * 9 * 3 * 5)
    pool = Pooling.random("max", 2, 8, 4, 2, 2, backward=True)
    assert pool.bytes == 4 * (3 * 2 * 64 * 4 + 2 * 2 * 16 * 4)
    step = TrainingStep.random("conv4-relu-pool-fc", 2, 8)
    assert step.flops == 2 * 2 * (2 * 64 * 27 * 4 + 3 * 64 * 10)


def test_first_images_are_the_same_work_with_fewer():
    for work in (
        Convolution.random(4, 6, 2, 3, 3, 1, 1, True),
        Pooling.random("max", 4, 6, 2, 2, 2, True),
        TrainingStep.random("conv4-relu-pool-fc", 4, 8),
    ):
        few = work.first(1)
        assert (work.images, few.images) == (4, 1)
        assert 4 * few.flops == work.flops
        assert 4 * few.bytes == work.bytes
        if "y" in contender(work, "ours").answer():
            assert_close(contender(few, "ours").answer()["y"], contender(work, "ours").answer()["y"][:1])


def test_a_wrong_answer_is_not_timed():
    right = {"y": np.ones((2, 3), np.float32)}
    run.compare({"y": right["y"] * np.float32(1 + 1e-6)}, right, "peer", 1e-4)
    for wrong in ({"y": right["y"] + 1}, {"y": right["y"][:1]}, {"z": right["y"]}, {"y": right["y"] * np.nan}):
        with pytest.raises(run.DifferentAnswers, match="peer"):
            run.compare(wrong, right, "peer", 1e-4)


def test_a_row_with_a_wrong_contender_stops(monkeypatch):
    monkeypatch.setattr(NUMPY["im2col"], "max_pool2d_backward", lambda dy, saved: np.zeros((2, 4, 4, 3), dy.dtype))
    with pytest.raises(run.DifferentAnswers, match="im2col"):
        run.measure(tiny_row(), 1, lambda: None, rounds=1)


def test_statistics():
    timing = Timing.of([4.0, 1.0, 2.0, 3.0, 100.0])
    assert (timing.median, timing.quartiles, timing.rounds) == (3.0, (2.0, 4.0), 5)
    assert timing.spread == pytest.approx(2 / 3)
    assert Timing.of([2.0], times=128) == Timing(256.0, (256.0, 256.0), 1)


def test_contenders_take_turns(monkeypatch):
    clock = iter(np.arange(0, 1e6, 0.5))  # each look at the clock takes half a second, so that one call is a turn
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(clock))
    order, told = [], []
    contenders = {name: lambda name=name: order.append(name) for name in "abc"}
    seconds = measure.time_in_turns(contenders, rounds=3, tell=told.append)
    assert order[6:] == list("abcbcacab")  # before that, two calls each to see how long they take
    assert seconds == {name: [0.5] * 3 for name in "abc"}
    assert told == [0, 1, 2]


def test_slow_contenders_have_fewer_rounds(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(measure.time, "perf_counter", lambda: clock[0])

    def takes(seconds):
        def work():
            clock[0] += seconds

        return work

    seconds = measure.time_in_turns({"slow": takes(2.0), "fast": takes(0.001)}, rounds=9)
    assert (len(seconds["slow"]), len(seconds["fast"])) == (measure.LEAST_ROUNDS, 9)
    assert seconds["slow"] == pytest.approx([2.0] * 3)
    assert seconds["fast"] == pytest.approx([0.001] * 9)


def test_all_contenders_have_the_same_threads_and_get_back_their_own():
    before = get_threads()
    other = 2 if before == 1 else 1
    with measure.same_threads(other):
        assert get_threads() == other
        blas = [pool["num_threads"] for pool in machine.threadpool_info() if pool["user_api"] == "blas"]
        assert all(number <= other for number in blas)
        if TORCH:
            from cs_utils.benchmark.pytorch import torch

            assert torch.get_num_threads() == other
    assert get_threads() == before


def test_memory_counts_scratch_and_results():
    held = memory.peak_bytes(lambda: np.ones(1_000_000).sum())
    assert 8_000_000 <= held < 8_200_000
    work = TrainingStep.random("conv12-relu-pool-fc", 128, 32)
    with measure.same_threads(1):
        ours, textbook = (memory.peak_bytes(contender(work, name).run) for name in ("ours", "textbook"))
    assert 16 * 16 * 16 * 12 * 4 < ours < textbook  # scratch memory counts, too: a micro-batch of pooled maps at least
    with pytest.raises(ValueError):
        memory.peak_bytes(lambda: np.ones(-1))


def test_the_machine_s_limits_are_numbers(monkeypatch):
    monkeypatch.setattr(machine, "SECONDS", 0)
    monkeypatch.setattr(machine, "MAIN_MEMORY", 2**20)
    limits = machine.limits(1)
    assert all(1e6 < number < 1e15 for number in (limits.gemm, limits.memory, limits.cache))
    assert "GFLOP/s" in str(limits)
    assert np.__version__ in machine.description()


def test_names_of_rows_are_distinct_and_cover_what_is_asked():
    names = [row.name for row in rows.rows()]
    assert len(set(names)) == len(names)
    assert {name for name, *_ in report.ASKED} <= set(names)


def test_rows_are_chosen_by_a_part_of_their_name():
    assert [row.name for row in rows.chosen("vgg-LIKE")] == ["VGG-like net, step, batch 128"]
    assert len(rows.chosen("")) == len(rows.rows())
    with pytest.raises(ValueError, match="max pool 2x2"):
        rows.chosen("no such row")


def tiny_row(loops=True):
    return rows.Row("tiny pool", lambda: Pooling.random("max", 2, 4, 3, 2, 2, backward=True), loops)


def tiny_step():
    return rows.Row(report.LECTURE_STEP, lambda: TrainingStep.random("conv4-relu-pool-fc", 3, 8), loops=False)


def a_result(name=report.LECTURE_STEP, **seconds):
    timings = {peer.replace("_", " ", 1): Timing.of([number]) for peer, number in seconds.items()}
    return run.Result(name, 1, 128, 10**9, 0, timings)


def test_ratio_rate_and_share():
    result = a_result(ours=0.02, im2col=0.08)
    assert result.ratio("im2col") == pytest.approx(4)
    assert result.rate() == pytest.approx(50e9)
    assert result.share(LIMITS) == pytest.approx(0.5)
    pool = run.Result("pool", 1, 128, 0, 10**8, {"ours": Timing.of([0.01])})
    assert pool.share(LIMITS) == pytest.approx(0.5)


def test_asked_and_reached():
    result = a_result(ours=0.02, im2col=0.08, torch_nchw=0.02)
    lines = {
        peer: line for line in report.asked_and_reached([result]) for peer in [*PEERS, "torch nchw"] if peer in line
    }
    assert lines["im2col"].endswith("reached 4.00   yes")
    assert lines["torch nchw"].endswith("reached 1.00   NO")
    assert sum("not measured" in line for line in report.asked_and_reached([result])) == 1  # the other format
    assert not list(report.asked_and_reached([]))


def test_noise_tells_of_an_unquiet_machine():
    assert "-25% to +0%" in report.noise([1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 6.0])
    assert "3.0 times" in report.noise([1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 6.0])


def test_a_tiny_run_from_end_to_end(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(machine, "SECONDS", 0)
    monkeypatch.setattr(measure, "TURN", 1e-9)
    monkeypatch.setattr(measure, "WARM_UP", 1e-9)
    monkeypatch.setattr(command, "ROUNDS", 1)
    monkeypatch.setattr(command, "chosen", lambda text: [tiny_row(), tiny_step()])
    paths = tmp_path / "rows.json", tmp_path / "ratios.png"
    assert command.main(["--threads", "1", "--json", str(paths[0]), "--picture", str(paths[1])]) == 0
    found = json.loads(paths[0].read_text(encoding="utf-8"))
    assert {row["peer"] for row in found if row["name"] == "tiny pool"} == set(PEERS)
    for row in found:
        assert row["ratio"] == pytest.approx(row["peer_s"] / row["ours_s"])
        assert row["threads"] == 1
        assert row["ours_s"] > 0
    assert {row["peer"] for row in found if "peer_peak_bytes" in row} == {"textbook", "im2col"}
    assert paths[1].read_bytes().startswith(b"\x89PNG")
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    out, err = capfd.readouterr()
    assert "tiny pool" in out
    assert "asked / reached" in out
    assert ("pip install torch" in out) == (not TORCH)
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "no such row"], "max pool 2x2"),
        (["--threads", "0"], "0"),
        (["--threads", "1", "two"], "two"),
        (["--threads", "9999"], "9999"),
        (["--picture", "ratios.gif"], ".png"),
        (["--json", "no-such-folder/rows.json"], "no-such-folder"),
        (["--busy", "--threads", "1"], "--threads 2"),
    ],
)
def test_mistakes_on_the_command_line_are_explained(arguments, words, capsys):
    try:
        status = command.main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error


def test_a_picture_of_nothing_is_refused():
    with pytest.raises(ValueError):
        picture.ratios([])


def test_the_picture_s_alt_text_has_the_numbers():
    drawn = picture.ratios([a_result(ours=0.02, im2col=0.08, textbook=0.1), a_result("other", ours=1.0, im2col=0.5)])
    assert "im2col 0.5 to 4" in drawn.alt
    assert drawn.png.startswith(b"\x89PNG")


def test_busy_compares_one_thread_with_several_and_leaves_no_process(tmp_path, monkeypatch, capfd):
    started = []
    original = busy.subprocess.Popen
    monkeypatch.setattr(busy.subprocess, "Popen", lambda *arguments: started.append(original(*arguments)) or started[0])
    monkeypatch.setattr(measure, "TURN", 1e-9)
    monkeypatch.setattr(measure, "WARM_UP", 1e-9)
    monkeypatch.setattr(busy, "ROUNDS", 1)
    monkeypatch.setattr(command, "chosen", lambda text: [tiny_row(), tiny_step()])
    monkeypatch.setattr(command, "usable_cores", lambda: 2)
    before, path = get_threads(), tmp_path / "rows.json"
    assert command.main(["--busy", "--threads", "2", "--json", str(path)]) == 0
    assert get_threads() == before
    assert started[0].poll() is not None
    found = json.loads(path.read_text(encoding="utf-8"))
    assert [row["name"] for row in found] == ["tiny pool", report.LECTURE_STEP]
    for row in found:
        assert row["ratio"] == pytest.approx(row["peer_s"] / row["ours_s"])
        assert row["threads"] == 2
    assert "tiny pool" in capfd.readouterr().out


def test_busy_runs_each_contender_with_its_own_threads(monkeypatch):
    seen = {}

    def time_in_turns(contenders, rounds, tell):
        for name, work in contenders.items():
            work()
            seen[name] = get_threads()
        return {"one": [1.0, 2.0, 9.0], "several": [3.0]}

    monkeypatch.setattr(busy, "time_in_turns", time_in_turns)
    found = busy.compare(tiny_row(), 3)
    assert seen == {"one": 1, "several": 3}
    assert found.times_as_long == pytest.approx(1.5)
    assert "tiny pool" in busy.verdict([found])
    assert "none" in busy.verdict([replace(found, several=found.one)])


@pytest.mark.parametrize("name", tricks.TRICKS)
def test_without_a_trick_the_answer_is_the_same(name):
    trick = tricks.TRICKS[name]
    work = rows.chosen(trick.row)[0].make().first(20)
    with_it, without = tricks.contenders(trick, work)
    expected, answer = with_it.answer(), without.answer()
    assert answer.keys() == expected.keys()
    run.compare(answer, expected, name, run.TOLERANCE_OF_STEP if isinstance(work, TrainingStep) else run.TOLERANCE)


@pytest.mark.parametrize("name", tricks.TRICKS)
def test_a_trick_is_switched_off_and_on_again(name):
    """Wherever the engine knows the function by a name of its own."""
    trick = tricks.TRICKS[name]

    def found(function):
        return [
            (module.__name__, name)
            for module in tricks._modules()
            for name, value in vars(module).items()
            if value is function
        ]

    places = {original: found(original) for original in trick.functions}
    values = [getattr(module, name) for module, name, _ in trick.constants]
    assert all(places.values())
    with tricks.switched_off(trick):
        assert not any(found(original) for original in trick.functions)
        assert all(getattr(module, name) == value for module, name, value in trick.constants)
    assert {original: found(original) for original in trick.functions} == places
    assert [getattr(module, name) for module, name, _ in trick.constants] == values


def test_the_command_for_tricks(monkeypatch, capsys):
    monkeypatch.setattr(tricks, "measure", lambda trick, row: (0.001, 0.003))
    assert tricks.main(["winograd", "two"]) == 0
    out = capsys.readouterr().out
    assert out.count("3.00 times as long") == 2
    with pytest.raises(SystemExit):
        tricks.main(["no such trick"])
    assert "winograd" in capsys.readouterr().err
