# %% [markdown]
# # 03 · Stride and padding
# *How far the filter steps, and what it finds at the edge.*
#
# By the end you will be able to
#
# - tell the size of any layer's output, and which sizes do not fit;
# - put a border of zeros around an image, and say when it keeps the size;
# - write the whole convolution layer: many images, many filters, any stride and padding;
# - work out a net's shapes, parameters and receptive fields on paper, before a line of it is built.
#
# **Time:** about 125 minutes, in ten sections. **Points:** 15.
# **Builds on:** lesson 02 (`conv_batch`: a layer over a batch, with stride 1 and no padding).

# %% [markdown]
# The symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | $N$ | `n` | pixels along one axis of an image |
# | $F$ | `size` | extent: a filter is F pixels high and F wide |
# | $S$ | `stride` | pixels from one window to the next |
# | $P$ | `pad` | rows and columns of zeros on *each* side |
# | $K$ | `filters` | the number of filters |
# | $D_1$, $D_2$ | `C`, `K` | depth before and after a layer |
# | | `N` | in shapes: the number of images in a batch |
#
# A few cells ask you to guess before you run the next one. Guesses cost nothing: no points hang on them.

# %% given setup
import numpy as np

from cs_utils import figures
from cs_utils.checks import check, passed
from cs_utils.datasets import load_shapes10
from cs_utils.engine import validation
from cs_utils.layers import conv2d

# %% [markdown]
# ## 1. Larger steps
# *10 minutes*
#
# In lesson 02 the filter visited every place, one pixel after the other. Neighbouring windows overlap, so neighbouring
# values are much alike. A coarser look would often do.
#
# The **stride** S is the number of pixels from one window to the next. Here is the lecture's image of 7x7 pixels with
# a 3x3 window and stride 2. Each small grid shows one place of the window:

# %%
figures.window_grid(7, size=3, stride=2)

# %% [markdown]
# Three rows of three places, so the map is 3x3, and the grids are laid out as its entries are. With stride 1 there
# would be five rows of five.
#
# Rows and columns follow the same rule, so one axis is enough to find it. Seven pixels, numbered from 0, and three
# strides. Each bar is one place of the window:

# %%
figures.window_places(7, 3, strides=[1, 2, 3])

# %% [markdown]
# Count the places. The first window begins at pixel 0, the last one may begin at $N - F$. Between them lie
# $(N - F)/S$ steps. And the first place counts, too:
#
# $$\text{size of the output} = \frac{N - F}{S} + 1$$

# %%
for stride in (1, 2, 3):
    print(f"S = {stride}: (7 - 3)/{stride} + 1 = {(7 - 3) / stride + 1:.2f}")

# %% [markdown]
# 5 and 3 are the numbers of bars above. But 2.33 places? After two windows the last pixel is left over: stride 3 **does
# not fit**.
#
# What to do about that is a matter of taste. In this course it is an error, a `ValueError`, because a size that does
# not fit is nearly always a slip in the plan of a net. PyTorch rounds down instead: it makes 2 places and never looks
# at the last pixel. In two dimensions that is a whole row and a whole column:

# %%
figures.window_grid(7, size=3, stride=3)

# %% [markdown]
# Now an image with something on it. `conv2d` is lesson 02's layer as the course has it; it takes a stride, too. We look
# for vertical edges in 31x31 pixels, first at every place, then at every second one in both directions.

# %%
images = load_shapes10(train=60, test=1).train_images / 255
image = images[59]
grey = image[:31, :31].mean(axis=2)[None, :, :, None]  # a batch of one image with one channel
vertical = np.array([[1.0, 0.0, -1.0]] * 3)[:, :, None, None]  # one filter, (3, 3, 1, 1)
grey.shape, vertical.shape

# %%
every = conv2d(grey, vertical, np.zeros(1))
second = conv2d(grey, vertical, np.zeros(1), stride=2)
print(every.shape, second.shape)
panels = {"image": grey, "S = 1": every, "S = 2": second}
figures.pictures({title: panel[0, :, :, 0] for title, panel in panels.items()})

# %% [markdown]
# The small map shows the same edges, at half the size. In fact it holds every second value of the large one, and it
# took about a quarter of the work:

# %%
print("every second value:", np.allclose(second, every[:, ::2, ::2]))
print(f"{second.size} of {every.size} values, {second.size / every.size:.0%} of the work")

# %% [markdown]
# ## 2. Shrinking too fast
# *6 minutes*
#
# A stride makes maps smaller because we want it to. But they shrink without one, too: a 5x5 filter takes away four
# rows and four columns. 32 becomes 28, then 24, and so on.

# %%
figures.guess(
    "layers",
    "32x32 pixels, 5x5 filters, one layer after the other. How many layers fit before the next one has no room?",
    {"a": "3", "b": "7", "c": "15", "d": "31"},
    mine=None,  # your letter in quotes, such as "a"
)

# %%
sides = [32]
while sides[-1] >= 5:
    sides.append(sides[-1] - 5 + 1)
print(sides)
figures.size_ladder({"F = 5, S = 1, layer after layer": sides})

# %%
figures.answer("layers", "b")

# %% [markdown]
# After seven layers 4x4 values are left, and an eighth 5x5 filter does not fit at all. Good nets have dozens of
# layers.
#
# There is a second loss. How many windows look at a pixel? For a 7x7 image and 3x3 windows:

# %%
looks = np.zeros((7, 7))
for i in range(5):
    for j in range(5):
        looks[i : i + 3, j : j + 3] += 1
figures.number_grids({"windows that see a pixel": looks})

# %% [markdown]
# The middle is seen nine times, a corner once. What happens at the edge of an image is nearly ignored.

# %% [markdown]
# ## 3. A border of zeros
# *25 minutes*
#
# One cure for both: put a border of zeros around the image, P rows above and below, P columns left and right. This is
# **zero padding**. With P = 1, 7x7 pixels become 9x9, and the *middle* of the first 3x3 window stands on the corner
# pixel:

# %%
numbers = np.random.default_rng(1).integers(1, 10, (7, 7)).astype(float)
figures.padded_image(numbers, pad=1, size=3)

# %% [markdown]
# A 3x3 window has $9 - 3 + 1 = 7$ places on 9 pixels: 7x7 in, 7x7 out. In the same way 32x32 becomes 34x34 with its
# border, and 32x32 again after the filter. Nothing shrinks.
#
# In the formula the axis is $2P$ longer, because the border has two sides:
#
# $$\text{size of the output} = \frac{N - F + 2P}{S} + 1$$
#
# (The lecture's summary prints it without its minus signs. They belong there.)

# %% [markdown]
# By hand, N = 32, F = 5, S = 1, P = 2: $(32 - 5 + 4)/1 + 1 = 32$.
#
# And padding can make a stride fit. With P = 1 there are nine pixels to step on, and stride 3 comes out even:

# %%
figures.window_places(7, 3, strides=[3], pad=1)

# %% [markdown]
# **Now you.** Move the sliders: windows that fit, and windows that don't, on one axis and on the lecture's 7x7 grid.
# Point at a value of the output to see its window. Can you find an N, F and S for which no padding helps?

# %%
figures.live_windows(7, 3, stride=2, pad=0)

# %% [markdown]
# **Exercise `output_size`** · 2 points · difficulty 2/5 · about 8 minutes
#
# Write the formula. What does not fit is refused with a `ValueError`: a remainder, or a window larger than the padded
# axis. What counts: any stride (½), any stride and padding (½), what does not fit refused (1).
#
# <details><summary>Hint</summary>
#
# Name the numerator first. `%` gives the remainder of a division, `//` the whole number. How can you see from the
# numerator that the window is too large?
# </details>
#
# <details><summary>Common errors</summary>
#
# `/` makes a float: 5.0 is not an `int`. The border has two sides. (3 − 5)/2 + 1 is 0, a whole number: a window of 5 on
# 3 pixels must be refused all the same.
# </details>


# %% answer output_size
def output_size(n, size, stride=1, pad=0):
    """Return the number of places of a window along one axis.

    Parameters
    ----------
    n : int
        Pixels along the axis.
    size : int
        Extent F of the window, in pixels.
    stride : int
        Pixels from one window to the next.
    pad : int
        Zeros on each side, in pixels.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the window is larger than the padded axis, or if n - size + 2 pad is not a multiple of
        the stride.
    """
    ### BEGIN SOLUTION
    room = n - size + 2 * pad
    if room < 0 or room % stride != 0:
        raise ValueError(f"windows of {size} with stride {stride} do not fit on {n} pixels with padding {pad}")
    return room // stride + 1
    ### END SOLUTION


# %%
print(output_size(7, 3), output_size(7, 3, 2))  # 5 and 3?
print(output_size(7, 3, 1, 1), output_size(32, 5, 1, 2))  # 7 and 32?
try:
    print(output_size(7, 3, 3))
except ValueError as error:
    print("refused:", error)

# %% check output_size

# %% exam output_size

# %% [markdown]
# The course has this function, too: `validation.output_size`. Use whichever you like in the exercises to come. (With
# the course's, a slip in yours can't cost you points twice.)

# %% [markdown]
# ### Put zeros around an image
# *10 of the 25 minutes*
#
# In a batch, only height and width get a border; the axes of the images and the channels do not:
#
# $$Y_{n,\; i+P,\; j+P,\; c} = X_{nijc}, \quad \text{and } 0 \text{ everywhere else}$$
#
# By hand: one image of 2x3 pixels and one channel, P = 1. The pixel in row 0, column 0 moves to row 1, column 1.

# %%
tiny = np.array([[1.0, 2, 3], [4, 5, 6]])
figures.padded_image(tiny, pad=1)

# %% [markdown]
# **Exercise `zero_pad`** · 2 points · difficulty 2/5 · about 8 minutes
#
# Return new, larger images, each with its border of zeros. What counts: borders of 1 to 3 around square images (1), any
# height, width, number of images and channels, and pad 0 (½), the input left as it was (½).
#
# <details><summary>Hint</summary>
#
# Make zeros of the final shape, then copy the images into the middle with one slice. Or look up what `np.pad` wants
# to know about each of the four axes.
# </details>
#
# <details><summary>Common errors</summary>
#
# `y[:, P:-P]` is empty for P = 0, because −0 is 0. `np.pad(x, P)` pads all four axes. Zeros on two sides only.
# </details>


# %% answer zero_pad
def zero_pad(x, pad):
    """Put a border of zeros around each image of a batch.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
        The images.
    pad : int
        Width P of the border on each side, in pixels; 0 or more.

    Returns
    -------
    ndarray (N, H + 2P, W + 2P, C), float
    """
    ### BEGIN SOLUTION
    count, height, width, depth = x.shape
    y = np.zeros((count, height + 2 * pad, width + 2 * pad, depth))
    y[:, pad : pad + height, pad : pad + width] = x
    return y
    ### END SOLUTION


# %%
zero_pad(tiny[None, :, :, None], 1)[0, :, :, 0]  # as in the figure?

# %% check zero_pad

# %% exam zero_pad

# %% [markdown]
# And one of our images, a bright one: from 32x32 to 34x34, and to 40x40.

# %%
bright = images[23]
thin, wide = zero_pad(bright[None], 1)[0], zero_pad(bright[None], 4)[0]
print(bright.shape, thin.shape, wide.shape)
figures.pictures({"image": bright, "P = 1": thin, "P = 4": wide})

# %% [markdown]
# Zero is black here, so a filter finds an edge between the image and its border that is not in the image. Look at the
# left and right side of the second map:

# %%
one_channel = bright.mean(axis=2)[None, :, :, None]
valid = conv2d(one_channel, vertical, np.zeros(1))
same = conv2d(zero_pad(one_channel, 1), vertical, np.zeros(1))
print(valid.shape[1:3], same.shape[1:3])
figures.pictures({"no padding": valid[0, :, :, 0], "P = 1": same[0, :, :, 0]})

# %% [markdown]
# That is the price of padding. Nets are usually fed images from which the mean colour has been subtracted (lesson 06):
# then zero is a middling colour. How strong is the false edge then? The mean size of the two outer columns of the map,
# over all 60 images:


# %%
def false_edge(images):
    brightness = images.mean(axis=3, keepdims=True)
    maps = conv2d(zero_pad(brightness, 1), vertical, np.zeros(1))
    return float(np.abs(maps[:, :, [0, -1]]).mean())


mean_colour = images.mean(axis=(0, 1, 2))
print(f"as they are: {false_edge(images):.2f}, less the mean colour: {false_edge(images - mean_colour):.2f}")

# %% [markdown]
# About half as strong, but it does not go away.

# %% [markdown]
# ## 4. The padding that keeps the size
# *7 minutes*
#
# How wide must the border be, so that nothing shrinks? Stride 1, and as many pixels out as in:
#
# $$N - F + 2P + 1 = N \quad\Longrightarrow\quad P = \frac{F - 1}{2}$$
#
# N is gone: one P serves images of all sizes. For F = 3 it is $(3 - 1)/2 = 1$. For even F no whole number does it. That
# is one reason why filters are 3x3, 5x5 or 7x7: they have a middle pixel. (Such layers are called "same", those without
# padding "valid".)

# %% [markdown]
# **Exercise `same_pad`** · 1 point · difficulty 1/5 · about 3 minutes
#
# Return this P. Even sizes are refused with a `ValueError`. What counts: odd sizes (½), even ones refused (½).
#
# <details><summary>Hint</summary>
#
# `size % 2` is 0 for even sizes.
# </details>
#
# <details><summary>Common errors</summary>
#
# `(size - 1) / 2` is a float. `size // 2` is right for odd sizes, but refuses nothing.
# </details>


# %% answer same_pad
def same_pad(size):
    """Return the padding that keeps the size of an image, for stride 1.

    Parameters
    ----------
    size : int
        Extent F of the filter, in pixels; 1 or more.

    Returns
    -------
    int
        Zeros on each side.

    Raises
    ------
    ValueError
        If the size is even.
    """
    ### BEGIN SOLUTION
    if size % 2 == 0:
        raise ValueError(f"no symmetric padding keeps the size for a filter of even extent {size}")
    return (size - 1) // 2
    ### END SOLUTION


# %%
{size: same_pad(size) for size in (1, 3, 5, 7)}  # 0, 1, 2, 3?

# %% check same_pad

# %% exam same_pad

# %% [markdown]
# Section 2 again, with the right padding:

# %%
kept = [32]
while len(kept) < len(sides):
    kept.append(validation.output_size(kept[-1], 5, pad=same_pad(5)))
figures.size_ladder({"F = 5, P = 0": sides, f"F = 5, P = {same_pad(5)}": kept})

# %% [markdown]
# Now a net can be as deep as we like, and *we* decide where it gets smaller.

# %% [markdown]
# ## 5. The whole layer
# *25 minutes*
#
# Stride and padding together, for many images and many filters. With $X$ the image *with its border of zeros*:
#
# $$Y_{nijk} = \sum_{m=0}^{F-1} \sum_{l=0}^{F-1} \sum_{p=0}^{C-1} W_{mlpk}\, X_{n,\; iS+m,\; jS+l,\; p} + b_k$$
#
# with $i = 0, \dots, H' - 1$ and $j = 0, \dots, W' - 1$, where $H' = (H - F + 2P)/S + 1$ and $W'$ likewise. Compared
# with lesson 02 one thing is new: window $(i, j)$ begins at $(iS, jS)$.

# %% [markdown]
# **A slip in the lecture.** For 3x3 filters, S = 1, P = 1 it lets $i$ and $j$ run from 0 to $n_h$: one too many. Take
# $n_h = 7$: window 7 would begin at row 7 of the padded image and end at row $7 + 3 - 1 = 9$, but the last of its nine
# rows is row 8. So $i$ ends at $n_h - 1$, and the map has $n_h$ rows:

# %%
rows_of_map = output_size(7, 3, stride=1, pad=1)
print(f"{rows_of_map} rows, i = 0 to {rows_of_map - 1}")

# %% [markdown]
# One channel, one filter, F = 3, S = 2, P = 1. The grey border is the padding:

# %%
x = np.array([[2.0, 1, 0, 1, 3], [0, 2, 1, 0, 1], [1, 0, 3, 1, 0], [2, 1, 0, 2, 1], [0, 3, 1, 0, 2]])
w = np.array([[1.0, 0.0, -1.0]] * 3)
figures.strided_filter(x, w, stride=2, pad=1)

# %% [markdown]
# The same at two places, standing still:

# %%
figures.strided_filter_still(x, w, stride=2, pad=1, places=[(0, 0), (1, 2)])

# %% [markdown]
# Entry (1, 2) of the map by hand: its window begins at row $1 \cdot 2 = 2$, column $2 \cdot 2 = 4$ of the *padded*
# image. Left column minus right column, and the right column lies in the border:

# %%
padded = zero_pad(x[None, :, :, None], 1)[0, :, :, 0]
window = padded[2:5, 4:7]
print(window)
print(window[:, 0].sum(), "-", window[:, 2].sum(), "=", np.sum(window * w))

# %% [markdown]
# **Exercise `conv_forward`** · 5 points · difficulty 3/5 · about 18 minutes
#
# What counts: 3x3 filters with stride 1 and no padding (1), padding (1), strides (1), both together with any sizes and
# numbers (1), what does not fit refused (½), inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# Three steps: sizes, zeros, windows. Start from `conv_batch`, with its two loops over the *output*; only where a window
# begins is new.
# </details>
#
# <details><summary>Common errors</summary>
#
# Windows at (i, j) instead of (iS, jS). The size taken from the padded image, and 2P added again. `w.reshape(K, -1)`
# mixes the filters. `total = b`, then `total += ...`: that changes `b`. NumPy does not refuse filters of depth 1 for
# you: it repeats them over all channels.
# </details>


# %% answer conv_forward
def conv_forward(x, w, b, stride=1, pad=0):
    """Apply a convolution layer to a batch of images.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
        The images.
    w : ndarray (F, F, C, K), float
        K filters.
    b : ndarray (K,), float
        One bias per filter.
    stride : int
        Pixels from one window to the next, along both axes.
    pad : int
        Rows and columns of zeros on each side.

    Returns
    -------
    ndarray (N, H', W', K), float
        With H' = (H - F + 2 pad) / stride + 1, and W' likewise.

    Raises
    ------
    ValueError
        If the windows do not fit the padded images, along either axis, or if the filters have
        another depth.
    """
    ### BEGIN SOLUTION
    count, height, width, depth = x.shape
    size, _, filter_depth, filters = w.shape
    if filter_depth != depth:
        raise ValueError(f"filters of depth {filter_depth} do not fit on images of depth {depth}")
    rows, columns = (validation.output_size(n, size, stride, pad) for n in (height, width))
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    matrix, y = w.reshape(-1, filters), np.zeros((count, rows, columns, filters))
    for i in range(rows):
        for j in range(columns):
            window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size]
            y[:, i, j] = window.reshape(count, -1) @ matrix + b
    return y
    ### END SOLUTION


# %%
y = conv_forward(x[None, :, :, None], w[:, :, None, None], np.zeros(1), stride=2, pad=1)
y[0, :, :, 0]  # the map of the animation?

# %% check conv_forward

# %% exam conv_forward

# %% [markdown]
# Two of lesson 02's edge filters: the weights of one grow to the right, those of the other downwards. One layer keeps
# the size, the other makes maps of 10x10 out of 32x32.

# %%
rows, columns = np.mgrid[-2:3, -2:3] / 75
slopes = np.repeat(np.stack([columns, rows], axis=-1)[:, :, None, :], 3, axis=2)  # (5, 5, 3, 2)
fine = conv_forward(image[None], slopes, np.zeros(2), stride=1, pad=2)
coarse = conv_forward(image[None], slopes, np.zeros(2), stride=3, pad=0)
fine.shape, coarse.shape

# %%
maps = {"right, S = 1, P = 2": fine[0, :, :, 0], "right, S = 3, P = 0": coarse[0, :, :, 0]}
maps["down, S = 3, P = 0"] = coarse[0, :, :, 1]
figures.pictures({"image": image, **maps})

# %% [markdown]
# And the course's own layer agrees:

# %%
bool(np.allclose(coarse, conv2d(image[None], slopes, np.zeros(2), stride=3)))

# %% [markdown]
# ## 6. Count before you build
# *14 minutes*
#
# The lecture's question: a 32x32x3 image, ten 5x5 filters, S = 1, P = 2. What comes out, and how many parameters does
# the layer have? First the shape:

# %%
side = output_size(32, 5, 1, 2)
after = (side, side, 10)
figures.volume_boxes([(32, 32, 3), after], ["ten 5x5 filters\nS = 1, P = 2"])

# %% [markdown]
# Now the parameters. "5x5 filter" is short for 5x5x3, the full depth: 75 weights. Each filter has one bias. So a filter
# has 76 parameters, and K filters of extent F on images of depth C have
#
# $$(F \cdot F \cdot C + 1) \cdot K$$
#
# Whoever says 750 forgot the biases. Stride, padding and the size of the image do not appear in it!

# %% [markdown]
# **Exercise `count_conv_parameters`** · 1 point · difficulty 1/5 · about 3 minutes
#
# Write this formula. What counts: any size, depth and number of filters (1).
#
# <details><summary>Hint</summary>
#
# How many weights does one filter have? Then its bias. Then all filters.
# </details>
#
# <details><summary>Common errors</summary>
#
# No biases (750), one bias for all filters (751), a bias for each channel (780), brackets forgotten (85).
# </details>


# %% answer count_conv_parameters
def count_conv_parameters(size, depth, filters):
    """Return how many parameters a convolution layer has.

    Parameters
    ----------
    size : int
        Extent F of the filters, in pixels.
    depth : int
        Channels C of the images.
    filters : int
        Number of filters K.

    Returns
    -------
    int
        Weights and biases.
    """
    ### BEGIN SOLUTION
    return (size * size * depth + 1) * filters
    ### END SOLUTION


# %%
count_conv_parameters(5, 3, 10), np.zeros((5, 5, 3, 10)).size + np.zeros(10).size  # the same?

# %% check count_conv_parameters

# %% exam count_conv_parameters

# %% [markdown]
# **The layer on one page.** A convolution layer
#
# - takes a volume of $W_1 \times H_1 \times D_1$;
# - needs four numbers: how many filters K, their extent F, stride S, padding P. They are its **hyperparameters**: you
#   choose them, nothing learns them;
# - makes a volume of $W_2 \times H_2 \times D_2$, where $W_2 = (W_1 - F + 2P)/S + 1$,
#   $H_2 = (H_1 - F + 2P)/S + 1$, $D_2 = K$;
# - has $F \cdot F \cdot D_1$ weights per filter, in all $F \cdot F \cdot D_1 \cdot K$ weights and K biases;
# - and slice d of its output (of size $W_2 \times H_2$) is the valid correlation of the *padded* input with filter d,
#   in steps of S, plus bias d.

# %% [markdown]
# **Common settings.** K is mostly a power of two: 32, 64, 128, 512. For the others the lecture has four rows:
#
# | F | S | P |
# |---|---|---|
# | 3 | 1 | 1 |
# | 5 | 1 | 2 |
# | 5 | 2 | "whatever fits" |
# | 1 | 1 | 0 |
#
# Three of them keep the size:

# %%
[output_size(32, size, 1, pad) for size, pad in ((3, 1), (5, 2), (1, 0))]

# %% [markdown]
# And the third row? What fits on 32x32?

# %%
figures.guess(
    "fits",
    "5x5 filters with stride 2 on 32x32 pixels. Which padding P makes them fit?",
    {"a": "P = 0", "b": "P = 1", "c": "P = 2", "d": "none of them, nor any other"},
    mine=None,  # your letter in quotes, such as "a"
)

# %%
print({pad: (32 - 5 + 2 * pad) / 2 + 1 for pad in range(6)})
figures.answer("fits", "d")

# %% [markdown]
# Wider borders don't help: $32 - 5 = 27$ is odd, $2P$ is even, so their sum is odd, and an odd number can't be halved.
# The same holds for every even N and odd F.
#
# There are two ways out: images of odd size, such as 33x33, or more zeros on one side. `validation.output_size` and
# `conv2d` take a pair for `pad`, (before, after). **Try it:** which other pairs give 16 for 32 pixels?

# %%
print("33x33, P = 2:           ", validation.output_size(33, 5, stride=2, pad=2))
print("32x32, 1 before, 2 after:", validation.output_size(32, 5, stride=2, pad=(1, 2)))

# %% [markdown]
# <details><summary>And PyTorch?</summary>
#
# It rounds down, so it takes P = 2 and makes (32 − 5 + 4)/2 + 1 = 16.5, that is 16 places. The last window ends before
# the last row of zeros: in truth it uses two rows of zeros before the image and one after it.
# </details>

# %% [markdown]
# ## 7. One pixel at a time
# *6 minutes*
#
# The last row of the table in section 6 looks strange: F = 1, a filter of one pixel. What could it find? Not an edge,
# because it sees no neighbours. But it sees the full depth! At each pixel it takes C numbers and makes K new ones out
# of them, with a matrix `w[0, 0]` of shape (C, K): a **fully connected layer for each pixel**, the same one everywhere.
#
# Here three colours become two new channels: brightness, and green minus red.

# %%
# (3, 2): one row per colour, one column per filter
mix = np.array([[1 / 3, -1.0], [1 / 3, 1.0], [1 / 3, 0.0]])
mixed = conv_forward(image[None], mix[None, None], np.zeros(2))
print(image[None].shape, "->", mixed.shape)
two = {"brightness": mixed[0, :, :, 0], "green, not red": mixed[0, :, :, 1]}
figures.pictures({"image": image, **two})

# %% [markdown]
# Is it really lesson 01's layer? Lay out all pixels as rows, apply `x @ w + b`, and fold them back:

# %%
rows = image.reshape(-1, 3)
by_rows = rows @ mix + np.zeros(2)
print(rows.shape, "->", by_rows.shape)
print("the same numbers:", np.allclose(by_rows.reshape(32, 32, 2), mixed[0]))

# %% [markdown]
# What is it good for? It changes the depth and leaves height and width alone. Going from 64 maps to 16 before an
# expensive layer costs very little:

# %%
print("1x1:", count_conv_parameters(1, 64, 16))
print("5x5:", count_conv_parameters(5, 64, 16))

# %% [markdown]
# ## 8. A net on paper
# *13 minutes*
#
# Now whole nets. The lecture writes the one that you will train in lesson 06 as [INPUT - CONV - RELU - POOL - FC]. On
# the way through it a volume changes its shape:
#
# - **CONV**, a convolution: height and width by the formula, the depth becomes K;
# - **RELU**, $\max(0, \cdot)$: nothing changes, no parameters;
# - **POOL**, pooling (lesson 04), keeps one number of each FxF window, map by map: height and width by the formula with
#   P = 0, the depth stays, no parameters;
# - **FC**, a fully connected layer with M neurons: the shape becomes (1, 1, M), and there are
#   $(H \cdot W \cdot C + 1) \cdot M$ parameters.

# %% [markdown]
# By hand, for 32x32x3 images: twelve 3x3 filters with P = 1 keep 32x32. Pooling by 2x2, stride 2:
# $(32 - 2)/2 + 1 = 16$. The last layer looks at $16 \cdot 16 \cdot 12 = 3072$ numbers. Written as a list of layers:
# "conv" with K, F, S, P, "pool" with F, S, and "fc" with M:

# %%
cifar10_net = [("conv", 12, 3, 1, 1), ("relu",), ("pool", 2, 2), ("fc", 10)]

# %%
figures.guess(
    "share",
    "Of all the parameters of this net, how many are in the convolution layer?",
    {"a": "about one in a hundred", "b": "about a third", "c": "about half", "d": "nearly all"},
    mine=None,  # your letter in quotes, such as "a"
)

# %%
in_conv, in_fc = (3 * 3 * 3 + 1) * 12, (16 * 16 * 12 + 1) * 10
print(f"convolution {in_conv:,}, fully connected {in_fc:,}: {in_conv / (in_conv + in_fc):.1%} in the convolution")
figures.answer("share", "a")

# %% [markdown]
# **Exercise `trace_shapes`** · 2 points · difficulty 3/5 · about 9 minutes
#
# Return the shape after each layer and the layer's parameters. What counts: convolutions and ReLU (¾), whole nets (1),
# inputs unchanged (¼).
#
# <details><summary>Hint</summary>
#
# One loop. Keep the present height, width and depth in three variables; `kind, *settings = layer` takes a layer apart.
# `validation.output_size` knows the sizes.
# </details>
#
# <details><summary>Common errors</summary>
#
# The depth not updated after a convolution, or updated before its weights are counted. Biases forgotten. ReLU left out
# of the list. Height used for the width.
# </details>


# %% answer trace_shapes
def trace_shapes(input_shape, layers):
    """Return shape and parameters after each layer of a net.

    Parameters
    ----------
    input_shape : tuple (H, W, C) of int
        The image's shape.
    layers : list of tuple
        ("conv", K, F, S, P), ("relu",), ("pool", F, S) or ("fc", M), first layer first.

    Returns
    -------
    list of (shape, parameters)
        One entry per layer: the shape of its output, (H', W', C') or after "fc" (1, 1, M), and
        its parameters.
    """
    ### BEGIN SOLUTION
    height, width, depth = input_shape
    trace = []
    for kind, *settings in layers:
        parameters = 0
        if kind == "conv":
            filters, size, stride, pad = settings
            parameters = (size * size * depth + 1) * filters
            height, width = (validation.output_size(n, size, stride, pad) for n in (height, width))
            depth = filters
        elif kind == "pool":
            size, stride = settings
            height, width = (validation.output_size(n, size, stride) for n in (height, width))
        elif kind == "fc":
            parameters = (height * width * depth + 1) * settings[0]
            height, width, depth = 1, 1, settings[0]
        trace.append(((height, width, depth), parameters))
    return trace
    ### END SOLUTION


# %%
trace_shapes((32, 32, 3), cifar10_net)

# %% check trace_shapes

# %% exam trace_shapes

# %% [markdown]
# Add up the parameters of the lecture's net:

# %%
sum(parameters for _, parameters in trace_shapes((32, 32, 3), cifar10_net))

# %% [markdown]
# Here is a deeper net, with two convolutions and two poolings. Change it and see what fits!

# %%
deeper = [
    ("conv", 12, 3, 1, 1),
    ("relu",),
    ("pool", 2, 2),
    ("conv", 24, 3, 1, 1),
    ("relu",),
    ("pool", 2, 2),
    ("fc", 10),
]
deeper_trace = trace_shapes((32, 32, 3), deeper)
for layer, (shape, parameters) in zip(deeper, deeper_trace, strict=True):
    print(f"{layer!s:24} {shape!s:14} {parameters:7,}")
print(f"{'in all':39} {sum(parameters for _, parameters in deeper_trace):7,}")

# %% [markdown]
# More layers, more maps, and yet fewer parameters: the second pooling leaves the last layer half as many numbers to
# look at, 8·8·24 instead of 16·16·12.

# %% [markdown]
# ## 9. How far does a value see?
# *12 minutes*
#
# A value after one 3x3 layer looks at 3x3 pixels. After a second one it looks at 3x3 *values*, each of which has seen
# 3x3 pixels, and so on. All the pixels that can change a value are its **receptive field**.

# %%
figures.guess(
    "field",
    "Three 3x3 layers with stride 1. How wide is the square of pixels that one value after the third can see?",
    {"a": "3 pixels", "b": "7 pixels", "c": "9 pixels", "d": "27 pixels"},
    mine=None,  # your letter in quotes, such as "a"
)

# %% [markdown]
# From the side:

# %%
figures.receptive_fields([(3, 1), (3, 1), (3, 1)])

# %% [markdown]
# The windows overlap, so the field does not grow from 3 to 9, but to 5, and then to 7: each layer adds $F - 1$.

# %%
figures.answer("field", "b")

# %% [markdown]
# With strides, one step in a deeper map is several pixels wide, and the field grows faster:

# %%
figures.receptive_fields([(3, 2), (3, 2), (3, 1)])

# %% [markdown]
# **Now you.** Point at any value, in any layer, and change the layers. Where does a stride of 2 widen the view of the
# last layer most: next to the image, or at the top?

# %%
figures.live_receptive_field([(3, 1), (3, 1), (3, 1)])

# %% [markdown]
# So keep two numbers on the way from the image into the net: `side`, what a value sees, and `step`, the distance
# between two neighbours in pixels. Both begin at 1. Each layer does
#
# $$\text{side} \leftarrow \text{side} + (F - 1) \cdot \text{step}, \qquad \text{step} \leftarrow \text{step} \cdot S$$
#
# in this order. By hand, for the figure above: $1 + 2 \cdot 1 = 3$, step 2; $3 + 2 \cdot 2 = 7$, step 4;
# $7 + 2 \cdot 4 = 15$.

# %% [markdown]
# **Exercise `receptive_field`** · 2 points · difficulty 2/5 · about 6 minutes
#
# Layers come as pairs (F, S); pooling counts like a convolution, ReLU not at all. What counts: stride 1 (½), any
# strides (1), windows of one pixel, no layer at all, input unchanged (½).
#
# <details><summary>Hint</summary>
#
# Two variables, one loop. A layer's own stride matters only for the layers after it.
# </details>
#
# <details><summary>Common errors</summary>
#
# `step` updated before `side`. Strides added instead of multiplied. With no layer a value sees itself: 1.
# </details>


# %% answer receptive_field
def receptive_field(layers):
    """Return the side of the square of pixels that one value after a stack of layers sees.

    Parameters
    ----------
    layers : list of (int, int)
        Extent F and stride S of each layer, first layer first; may be empty.

    Returns
    -------
    int
        In pixels of the image. (At its edge, part of the square may lie in the padding.)
    """
    ### BEGIN SOLUTION
    side, step = 1, 1
    for size, stride in layers:
        side += (size - 1) * step
        step *= stride
    return side
    ### END SOLUTION


# %%
receptive_field([(3, 1)] * 3), receptive_field([(3, 2), (3, 2), (3, 1)])  # 7 and 15?

# %% check receptive_field

# %% exam receptive_field

# %% [markdown]
# Test it on real layers. Take 81 images of 9x9 pixels, each with a single bright pixel, at a different place in each.
# Send them through three layers whose weights are all 1, and look at the middle value alone: which bright pixels can it
# see?

# %%
points = np.eye(81).reshape(81, 9, 9, 1)
ones = np.ones((3, 3, 1, 1))
for _ in range(3):
    points = conv_forward(points, ones, np.zeros(1), pad=1)
seen = points[:, 4, 4, 0].reshape(9, 9)
figures.number_grids({"what the middle value gets from each pixel": seen})

# %% [markdown]
# A square of 7x7, as computed. And not all pixels count the same: many ways lead from the centre to the middle value,
# from a corner just one.

# %%
columns_seen = (seen.sum(axis=0) > 0).sum()
print(columns_seen, "columns are seen; computed:", receptive_field([(3, 1)] * 3))

# %% [markdown]
# One 7x7 filter sees as much as three 3x3 layers. Which is cheaper, with 64 maps before and after each layer?

# %%
three, one = 3 * count_conv_parameters(3, 64, 64), count_conv_parameters(7, 64, 64)
print(f"three 3x3: {three:,}")
print(f"one 7x7:   {one:,}")
print(f"three small ones cost {three / one:.0%} of the large one")

# %% [markdown]
# Little more than half, and there is room for a ReLU after each. That is why nets became deep, with small filters;
# lesson 07 comes back to it.

# %% [markdown]
# ## 10. A layer that looks right
# *8 minutes, no points*
#
# Two loops over all places are slow. A friend has turned the layer inside out and loops over the *filter*. Weight
# (m, n) meets pixel (m, n) of every window: rows m, m + S, m + 2S, ... and columns n, n + S, n + 2S, ... of the padded
# image. One slice takes them all, and for 3x3 filters nine rounds do the work of 1,024 places.
#
# A fine idea. But **one line has a bug.**


# %%
def suspect(x, w, b, stride=1, pad=0):
    size, _, _, filters = w.shape
    rows, columns = (validation.output_size(n, size, stride, pad) for n in x.shape[1:3])
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    y = np.zeros((len(x), rows, columns, filters))
    for m in range(size):
        for n in range(size):
            seen = padded[:, m : m + rows * stride : stride, n : n + columns * stride : stride]
            y += seen @ w[m, n] + b
    return y


# %% [markdown]
# Hold it against the course's layer, on our image, with random filters and several strides and paddings:

# %%
rng = np.random.default_rng(3)
for size, stride, pad in ((3, 1, 0), (3, 1, 1), (5, 3, 0), (5, 1, 2), (4, 2, 1)):
    w_test = rng.normal(size=(size, size, 3, 2))
    theirs = suspect(image[None], w_test, np.zeros(2), stride, pad)
    error = theirs - conv2d(image[None], w_test, np.zeros(2), stride, pad)
    print(f"F = {size}, S = {stride}, P = {pad}: largest error {np.abs(error).max():.9f}")

# %% [markdown]
# Five layers, and not one error in nine decimals. And yet it is wrong. What have these five tests in common, and with
# them nearly every cell of this lesson? Change the test below until it fails. Then look at the *error*, for several F:
# its size says what happens, and how often.

# %%
w_test, b_test = rng.normal(size=(3, 3, 3, 2)), np.zeros(2)
error = suspect(image[None], w_test, b_test) - conv2d(image[None], w_test, b_test)
np.abs(error[0, :3, :3, 0]).round(6)

# %% [markdown]
# <details><summary>The culprit</summary>
#
# Every test had b = 0. With b = (1, 10) and 3x3 filters the two maps are too large by 8 and by 80, everywhere; with 5x5
# filters by 24 and 240, and with 1x1 filters not at all. That is $(F^2 - 1)\,b_k$: the bias is added once per round, F²
# times instead of once. `+ b` belongs after the loops: `return y + b`.
#
# The moral: a test in which something is 0 says nothing about how it is used. That is why the check of `conv_forward`
# has no bias of 0.
# </details>

# %% [markdown]
# ## What you have built
#
# - the one formula for all sizes, and what it refuses: `output_size`;
# - the border of zeros: `zero_pad`, `same_pad`;
# - the complete convolution layer: `conv_forward`;
# - three tools that describe a net before it exists: `count_conv_parameters`, `trace_shapes`, `receptive_field`.
#
# And you can say at once why the lecture's layer has 760 parameters:

# %%
count_conv_parameters(5, 3, 10)

# %%
figures.count_guesses()

# %% [markdown]
# And the lecture's net as it stands: what you have built in this copy of the course is *yours*, the rest is grey.

# %%
figures.growing_net(passed())

# %% [markdown]
# ## Ask yourself
#
# <details><summary>N = 28, F = 4, S = 2: what P makes the output 14?</summary>
#
# (28 − 4 + 2P)/2 + 1 = 14 gives P = 1.
# </details>
#
# <details><summary>A layer keeps 32x32 with F = 7 and S = 1. How many zeros are on each side?</summary>
#
# (7 − 1)/2 = 3.
# </details>
#
# <details><summary>Images become twice as high and wide. What happens to a convolution's parameters?</summary>
#
# Nothing. A fully connected layer would have four times as many weights.
# </details>
#
# <details><summary>A 1x1 layer, then a 3x3 layer: how large is the receptive field?</summary>
#
# 3x3: one pixel sees no neighbours, so only the second layer widens the view.
# </details>

# %%
output_size(28, 4, 2, 1), same_pad(7), receptive_field([(1, 1), (3, 1)])

# %% [markdown]
# ## Where next
#
# One layer of the plan in section 8 is still a promise: pooling. It makes maps smaller without any weights.
# **Lesson 04** builds it, and asks for the first time how a gradient finds its way back.
