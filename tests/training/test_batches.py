"""Batches: every image once, in another order each epoch, mirrored and shifted as asked for."""

import numpy as np

from cs_utils.training.batches import Batches


def batches(**arguments):
    images = np.arange(10 * 6 * 6 * 3).reshape(10, 6, 6, 3).astype(np.uint8)
    return images, Batches(images, np.arange(10), np.zeros(3, np.float32), np.ones(3, np.float32) / 255, **arguments)


def test_batches_go_through_all_images_in_another_order_each_epoch():
    images, source = batches()
    epochs = [list(source.epoch(number, seed=3, batch_size=5)) for number in (0, 1)]
    for epoch in epochs:
        assert sorted(label for _, labels in epoch for label in labels) == list(range(10))
        for x, labels in epoch:
            assert x.dtype == np.float32
            assert np.allclose(x, images[labels])
    assert not np.array_equal(epochs[0][0][1], epochs[1][0][1])
    again = list(source.epoch(1, seed=3, batch_size=5))
    assert np.array_equal(again[0][0], epochs[1][0][0])
    assert [len(labels) for _, labels in source.epoch(0, seed=3, batch_size=4)] == [4, 4]


def test_flips_and_shifts():
    images, source = batches(flip=True, shift=1)
    before = images.copy()
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    seen = set()
    for number in range(20):
        for x, labels in source.epoch(number, seed=0, batch_size=5):
            for image, label in zip(x, labels):
                matches = [
                    (down, right, flip)
                    for down, right, flip in np.ndindex(3, 3, 2)
                    if np.allclose(wide[label, down : down + 6, right : right + 6][:, :: -1 if flip else 1], image)
                ]
                assert matches
                seen.update(matches)
    assert len(seen) == 18
    assert np.array_equal(images, before)
