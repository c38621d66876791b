"""Lesson 01, flatten: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson01_fully_connected.flatten import FLATTEN


@FLATTEN.wrong("the whole batch becomes one long row: each image should keep a row of its own")
def flattens_the_batch_too(images):
    return images.reshape(-1)


@FLATTEN.wrong("all images are put into a single row: the first axis, N, should stay as it is")
def makes_one_row_of_all(images):
    return images.reshape(1, -1)


@FLATTEN.wrong("each image becomes a column: rows and columns are swapped")
def makes_columns(images):
    return images.reshape(len(images), -1).T


@FLATTEN.wrong("N is given to reshape as the second size, so that numbers of different images share a row")
def mixes_the_images(images):
    return images.reshape(-1, len(images))


@FLATTEN.wrong("the channels are laid out one after the other: red, green and blue of one pixel should stay together")
def puts_the_channels_first(images):
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


@FLATTEN.wrong("the numbers are read column by column: the order should be row, column, channel")
def reads_columns_first(images):
    return images.transpose(0, 2, 1, 3).reshape(len(images), -1)


@FLATTEN.wrong("the channels keep an axis of their own: a row should hold all H * W * C numbers")
def keeps_the_channels(images):
    return images.reshape(len(images), -1, images.shape[3])


@FLATTEN.wrong("only the first image is flattened")
def forgets_all_images_but_one(images):
    return images[:1].reshape(1, -1)


@FLATTEN.wrong("the channels are averaged to grey first: no number should be lost")
def makes_the_images_grey(images):
    return images.mean(axis=3).reshape(len(images), -1)


@FLATTEN.wrong("the images themselves get the new shape: return a new array and leave them as they were")
def reshapes_in_place(images):
    images.resize((len(images), images[0].size), refcheck=False)
    return images


@FLATTEN.wrong("the number is fixed at 3072, CIFAR-10's 32 * 32 * 3: take it from the images' shape, or write -1")
def expects_3072_numbers(images):
    return images.reshape(len(images), 3072)


@FLATTEN.right
def reshapes(images):
    return images.reshape(len(images), -1)


@FLATTEN.right
def ravels_image_by_image(images):
    return np.array([image.ravel() for image in images])


@FLATTEN.right
def joins_the_rows_of_pixels(images):
    pixels = [images[:, i, j] for i in range(images.shape[1]) for j in range(images.shape[2])]
    return np.concatenate(pixels, axis=1)


@FLATTEN.right
def copies_number_by_number(images):
    count, height, width, channels = images.shape
    rows = np.empty((count, height * width * channels), images.dtype)
    for d in range(rows.shape[1]):
        pixel, channel = divmod(d, channels)
        rows[:, d] = images[:, pixel // width, pixel % width, channel]
    return rows
