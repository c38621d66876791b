"""Lesson 02, correlate2d: wrong and right answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal

from cs_utils.grading.exercises.lesson02_convolution.correlate2d import CORRELATE2D
from cs_utils.grading.exercises.lesson02_convolution.shared_answers import expect_fit, slide


def correlated(x, w):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect."""
    return slide(x, len(w), lambda window: np.sum(window * w))


@CORRELATE2D.wrong("the filter is flipped: that is true convolution, which comes in the next section")
def flips_the_filter(x, w, answer=correlated):
    return answer(x, w[::-1, ::-1])


@CORRELATE2D.wrong("the filter is transposed: its first index counts rows, its second columns")
def transposes_the_filter(x, w, answer=correlated):
    return answer(x, w.T)


@CORRELATE2D.wrong(
    "the last row and column of positions are missing: there are H - F + 1 of them down, W - F + 1 across"
)
def stops_one_short(x, w, answer=correlated):
    return answer(x[:-1, :-1], w)


@CORRELATE2D.wrong(
    "the last row and column of the map are never filled: the loops must reach H - F and W - F themselves"
)
def leaves_the_last_row_and_column_zero(x, w, answer=correlated):
    y = answer(x, w)
    y[-1] = y[:, -1] = 0
    return y


@CORRELATE2D.wrong("the last row of the map is never filled: the loop over rows must reach H - F itself")
def leaves_the_last_row_zero(x, w, answer=correlated):
    expect_fit(x, w)
    y = answer(x, w)
    y[-1] = 0
    return y


@CORRELATE2D.wrong(
    "the window is centred on (i, j), with zeros around the image: here it begins at (i, j) and stays inside"
)
def centres_the_window(x, w):
    return ndimage.correlate(x, w, mode="constant")


@CORRELATE2D.wrong("the map is made as large as the image, and its last rows and columns stay zero")
def returns_a_map_of_the_pictures_size(x, w):
    y, size = np.zeros_like(x), len(w)
    for i in range(x.shape[0] - size + 1):
        for j in range(x.shape[1] - size + 1):
            y[i, j] = np.sum(x[i : i + size, j : j + size] * w)
    return y


@CORRELATE2D.wrong("the map is taken to be square: its height follows from H, its width from W", partial=True)
def makes_a_square_map(x, w):
    expect_fit(x, w)
    places = range(x.shape[0] - len(w) + 1)
    y = np.zeros((len(places), len(places)))
    for i in places:
        for j in places:
            window = x[i : i + len(w), j : j + len(w)]
            y[i, j] = np.sum(window * w[: window.shape[0], : window.shape[1]])
    return y


@CORRELATE2D.wrong("row and column are swapped in the window: i counts rows of x, j counts columns")
def swaps_row_and_column(x, w):
    size = len(w)
    y = np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1))
    for i, j in np.ndindex(y.shape):
        window = x[j : j + size, i : i + size]
        y[i, j] = np.sum(window * w[: window.shape[0], : window.shape[1]])
    return y


@CORRELATE2D.wrong("the result is an array of integers, which drops the fraction of each sum")
def fills_an_integer_array(x, w, answer=correlated):
    return answer(x, w).astype(int)


@CORRELATE2D.wrong("the products are averaged instead of added up")
def averages_the_products(x, w, answer=correlated):
    return answer(x, w / w.size)


@CORRELATE2D.wrong("@ is used instead of *: the numbers should be multiplied one by one, not as matrices")
def multiplies_window_and_filter_as_matrices(x, w):
    return slide(x, len(w), lambda window: np.sum(window @ w))


@CORRELATE2D.wrong("the extent of the filter is fixed at 3: take F from the filter's shape", partial=True)
def knows_only_three_by_three(x, w):
    y = np.zeros((x.shape[0] - 2, x.shape[1] - 2))
    for i, j in np.ndindex(y.shape):
        y[i, j] = sum(w[m, n] * x[i + m, j + n] for m in range(3) for n in range(3))
    return y


@CORRELATE2D.wrong("the loops fit only 3x3 filters: take F from the filter's shape", partial=True)
def cuts_out_three_by_three(x, w):
    y = np.zeros((x.shape[0] - 2, x.shape[1] - 2))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + 3, j : j + 3] * w)
    return y


@CORRELATE2D.wrong("the loops fit only square images: rows follow from H, columns from W", partial=True)
def swaps_height_and_width(x, w):
    expect_fit(x, w)
    width, height = x.shape
    y = np.zeros((height - len(w) + 1, width - len(w) + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + len(w), j : j + len(w)] * w)
    return y


@CORRELATE2D.wrong("`=` keeps only the last product of each window: `+=` adds them up")
def keeps_the_last_product(x, w):
    expect_fit(x, w)
    size = len(w)
    return x[size - 1 :, size - 1 :] * w[-1, -1]


@CORRELATE2D.wrong("the sums are written into x itself: the values are right, but the image is lost", partial=True)
def writes_into_the_picture(x, w):
    expect_fit(x, w)
    rows, columns = x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1
    for i in range(rows):
        for j in range(columns):
            x[i, j] = np.sum(x[i : i + len(w), j : j + len(w)] * w)
    return x[:rows, :columns]


@CORRELATE2D.wrong(
    "a filter that is larger than the image isn't refused: the loops then visit no place at all", partial=True
)
def refuses_nothing(x, w):
    size = len(w)
    y = np.zeros((max(0, x.shape[0] - size + 1), max(0, x.shape[1] - size + 1)))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + size, j : j + size] * w)
    return y


@CORRELATE2D.wrong("the map is returned after its first row: the `return` is inside a loop")
def returns_inside_the_loop(x, w):
    size = len(w)
    y = np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i : i + size, j : j + size] * w)
        return y
    return y


@CORRELATE2D.wrong("the array of zeros is returned as it was made: the loops never write into it")
def returns_zeros(x, w):
    return np.zeros((x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1))


VERTICAL = np.array([[1.0, 0.0, -1.0]] * 3)  # as the lesson calls its first filter


@CORRELATE2D.wrong("the notebook's own filter `vertical` is used instead of the argument w")
def uses_a_global_of_the_notebook(x, w):
    return slide(x, len(w), lambda window: np.sum(window * VERTICAL))


@CORRELATE2D.right
def sums_windows_with_einsum(x, w):
    expect_fit(x, w)
    return np.einsum("ijmn,mn->ij", sliding_window_view(x, w.shape), w)


@CORRELATE2D.right
def adds_shifted_pictures(x, w):
    expect_fit(x, w)
    rows, columns = x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1
    return sum(w[m, n] * x[m : m + rows, n : n + columns] for m, n in np.ndindex(w.shape))


@CORRELATE2D.right
def asks_scipy(x, w):
    expect_fit(x, w)
    return signal.correlate2d(x, w, mode="valid")


@CORRELATE2D.right
def multiplies_in_the_frequency_domain(x, w):
    expect_fit(x, w)
    product = np.fft.rfft2(x) * np.fft.rfft2(w[::-1, ::-1], x.shape)
    return np.fft.irfft2(product, x.shape)[len(w) - 1 :, len(w) - 1 :]


@CORRELATE2D.right
def multiplies_a_matrix_of_windows(x, w):
    expect_fit(x, w)
    windows = sliding_window_view(x, w.shape)
    return (windows.reshape(-1, w.size) @ w.ravel()).reshape(windows.shape[:2])
