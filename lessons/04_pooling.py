# %% [markdown]
# # 04 · Pooling
# *Fewer numbers, the same message.*
#
# By the end you will be able to
#
# - shrink maps by the maximum or by the mean of small windows, and say how large the result is;
# - show what that buys: fewer numbers, and calm when an image moves a little;
# - send a gradient back through both, with ties and with windows that overlap;
# - say when a larger stride does the same job.
#
# **Time:** about two hours, in ten sections. **Points:** 12.
# **Builds on:** lesson 02 (maps and filters) and lesson 03 (`output_size`, stride). A little calculus helps in
# section 6: what a derivative is.

# %% [markdown]
# One table for all symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | | `N` | the number of images in a batch |
# | $W_1 \times H_1 \times D_1$ | `H`, `W`, `C` | height, width and depth of what goes in |
# | $W_2 \times H_2 \times D_2$ | `H'`, `W'`, `C` | the same of what comes out; $D_2 = D_1$ |
# | $F$ | `size` | extent: a window is F pixels high and F wide |
# | $S$ | `stride` | pixels from one window to the next |
# | $X$, $Y$ | `x`, `y` | what goes in, what comes out |
# | $dX$, $dY$ | `dx`, `dy` | derivatives of the loss with respect to them, from section 6 on |
#
# There is no K here, because pooling has no filters, and no P: as a rule one does not pad.

# %% given setup
import numpy as np

from cs_utils import figures, layers
from cs_utils.checks import check, passed
from cs_utils.datasets import channel_statistics, load_shapes10, standardize
from cs_utils.layers import conv2d, output_size, relu

# %% [markdown]
# ## 1. Too many answers
# *5 minutes*
#
# A convolution layer asks the same question everywhere: "is there an edge that rises to the right?" Six such filters,
# one for each of six directions, on 60 drawn images, with a ReLU after them. Padding 2 keeps 32x32, as you know from
# lesson 03.

# %%
images = load_shapes10(train=60, test=1).train_images / 255
rows, columns = np.mgrid[-2:3, -2:3]
angles = np.arange(0, 360, 60)
slopes = [np.cos(a) * columns + np.sin(a) * rows for a in np.radians(angles)]
six = np.repeat(np.stack(slopes, axis=-1)[:, :, None, :], 3, axis=2) / 75
maps = relu(conv2d(images, six, np.zeros(6), pad=2))
print(images.shape, "->", maps.shape)
figures.pictures({"image": images[59]})

# %%
figures.activation_maps(maps[59], [f"{a} degrees" for a in angles])

# %% [markdown]
# Each map answers 1,024 times. A "yes" rarely comes alone: a pixel beside an edge says the same as the edge. (The
# pale border is a false edge: there the image meets the zeros of the padding.) And most answers are "no":

# %%
print(f"{(maps < 0.1 * maps.max()).mean():.0%} of all answers are under a tenth of the strongest")

# %% [markdown]
# Do we need them all? They are expensive. The lecture's net has twelve maps of 32x32, and after them one fully
# connected layer to ten classes. If it looked at all of them, it would have this many weights and biases:

# %%
print(f"{32 * 32 * 12 * 10 + 10:,}")

# %% [markdown]
# **Pooling** makes such a volume smaller and more manageable: it looks at one small window of one map at a time and
# keeps a single number from it. It works map by map, so the depth stays.

# %%
after = 16 * 16 * 12 * 10 + 10
print(f"{after:,} weights and biases after it")
figures.volume_boxes([(32, 32, 12), (16, 16, 12)], ["pooling: 2x2 windows,\nstride 2"])

# %% [markdown]
# A quarter of them. Which number to keep, the largest or the mean, comes in sections 3 and 4. First, the size.

# %% [markdown]
# ## 2. How large is the result?
# *10 minutes*
#
# A pooling window moves like a filter without padding. So lesson 03's formula holds, with P = 0, for each axis:
#
# $$H' = \frac{H - F}{S} + 1 \qquad W' = \frac{W - F}{S} + 1 \qquad D_2 = D_1$$
#
# By hand: 4 pixels, F = 2, S = 2: $(4 - 2)/2 + 1 = 2$ windows. The function is yours already, in `cs_utils.layers`:

# %%
output_size(4, size=2, stride=2), output_size(32, size=2, stride=2)

# %% [markdown]
# Two settings are common: F = 2, S = 2, windows side by side; and F = 3, S = 2, windows that overlap. Does the second
# fit on 32 pixels?

# %%
for n in (31, 32, 33):
    try:
        print(n, "->", output_size(n, size=3, stride=2))
    except ValueError as error:
        print(n, "->", error)

# %% [markdown]
# Windows that don't fit are an error in this course, as for convolutions. PyTorch rounds 15.5 down to 15 and never
# looks at the last row and column; with `ceil_mode=True` it rounds up.
#
# The whole layer in one table, as the lecture sums it up:
#
# | a pooling layer | in the lecture's letters |
# |---|---|
# | takes | a volume $W_1 \times H_1 \times D_1$ |
# | has two hyperparameters | extent F, stride S |
# | gives | $W_2 = (W_1 - F)/S + 1$, $H_2 = (H_1 - F)/S + 1$, $D_2 = D_1$ |
# | parameters | none: it computes a fixed function |
# | padding | none, as a rule |
#
# (The lecture announces *three* hyperparameters and then names these two. Two it is: F and S are all that the functions
# below ask for.)

# %% [markdown]
# **Exercise `pool_output_shape`** · 1 point · difficulty 1/5 · about 5 minutes
#
# From the shape of a batch to that of the pooled batch. What counts: windows that fit (½); windows that don't fit
# refused with a `ValueError` (½).
#
# <details><summary>Hint</summary>
#
# Four numbers go in, four come out. Two of them stay as they are. `output_size` raises the `ValueError` for you.
# </details>
#
# <details><summary>Common errors</summary>
#
# One size for both axes: images need not be square. `H // size` is right only if S = F. `/` instead of `//` gives
# floats. A window larger than the map can have a remainder of 0: (2 - 4) / 2 + 1 = 0 windows.
# </details>


# %% answer pool_output_shape
def pool_output_shape(shape, size, stride):
    """Return the shape of a batch after pooling.

    Parameters
    ----------
    shape : tuple of int
        (N, H, W, C): images, height, width, channels.
    size : int
        Extent F of the windows, in pixels.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    tuple of int
        (N, H', W', C)

    Raises
    ------
    ValueError
        If the windows don't fit: they are larger than the image, or pixels are left over.
    """
    ### BEGIN SOLUTION
    count, height, width, channels = shape
    return count, output_size(height, size, stride), output_size(width, size, stride), channels
    ### END SOLUTION


# %%
pool_output_shape((128, 32, 32, 12), size=2, stride=2)  # 16x16, and the rest as before?

# %% check pool_output_shape

# %% exam pool_output_shape

# %% [markdown]
# How often can 32x32 be halved?

# %%
shape = (1, 32, 32, 12)
while shape[1] > 1:
    shape = pool_output_shape(shape, 2, 2)
    print(shape)

# %% [markdown]
# Five times, down to one pixel. A real net stops earlier and has convolutions in between.

# %% [markdown]
# ## 3. Keep the strongest response
# *20 minutes*
#
# **Max pooling** keeps the largest number of each window, the clearest "yes". Where in the window it was, is
# forgotten:
#
# $$Y_{ij} = \max_{0 \le m, n < F} X_{iS+m,\; jS+n} \qquad i = 0, \dots, H'-1, \quad j = 0, \dots, W'-1$$
#
# for each image and each channel on its own. The window of place (i, j) begins at row $iS$, column $jS$. (For F = S =
# 2 the lecture lets the indices run to $n_h/2$: one too many.)

# %% [markdown]
# The lecture's slice, 4x4, with 2x2 windows and stride 2:

# %%
slice4 = np.array([[1.0, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
figures.pooling_windows(slice4, size=2, stride=2)

# %% [markdown]
# By hand: the first window holds 1, 1, 5, 6, so 6 goes on. Its neighbour holds 2, 4, 7, 8: 8 goes on.
#
# Now size 3 and stride 2, on 5x5 numbers. Four windows fit. Do they share numbers?

# %%
figures.guess(
    "shared",
    "Of the 25 numbers, how many lie in more than one of the four 3x3 windows?",
    {"a": "none", "b": "1", "c": "9", "d": "all 25"},
    mine=None,  # your letter in quotes, such as "a"
)

# %%
slice5 = np.array([[1.0, 0, 2, 1, 3], [4, 2, 0, 1, 1], [0, 9, 1, 2, 0], [2, 3, 1, 0, 5], [1, 0, 2, 6, 4]])
figures.pooling_windows(slice5, size=3, stride=2)

# %%
figures.answer("shared", "c")

# %% [markdown]
# The shaded row and column lie in two windows each, the number in the middle in all four. The 9 is the largest number
# of two windows, so it goes on twice.
#
# What if all numbers of a window are negative? The rule stays the same: the larger of −3 and −1 is −1, not 0. After a
# ReLU there are no such windows, but a pooling layer may stand elsewhere.

# %% [markdown]
# **Exercise `max_pool`** · 3 points · difficulty 2/5 · about 15 minutes
#
# Write the formula for a batch. What counts: 2x2 windows on one square map (1); any size and stride, several images
# and channels (1); sizes that don't fit refused (½); input unchanged (½).
#
# <details><summary>Hint</summary>
#
# Loop over the output, not over the input. A window of *all* images and channels is one slice, of shape (N, F, F, C).
# Take the maximum over two axes: `axis=(1, 2)`.
# </details>
#
# <details><summary>Common errors</summary>
#
# A maximum that starts from 0 loses negative maps. One maximum over all channels, or over all images. Windows that
# begin at (i, j) instead of (i · stride, j · stride). The size where the stride is meant.
# </details>


# %% answer max_pool
def max_pool(x, size, stride):
    """Return the largest number of each window, map by map.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
        The images or maps.
    size : int
        Extent F of the windows, in pixels.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    ndarray (N, H', W', C), float
        With H' = (H - F) / S + 1, and W' likewise.

    Raises
    ------
    ValueError
        If the windows don't fit.
    """
    ### BEGIN SOLUTION
    count, height, width, channels = x.shape
    y = np.zeros((count, output_size(height, size, stride), output_size(width, size, stride), channels))
    for i in range(y.shape[1]):
        for j in range(y.shape[2]):
            top, left = i * stride, j * stride
            y[:, i, j] = x[:, top : top + size, left : left + size].max(axis=(1, 2))
    return y
    ### END SOLUTION


# %% [markdown]
# The slice as a batch of one image with one channel; the result as a flat 2x2 again:

# %%
batch4 = slice4[None, :, :, None]
print(batch4.shape)
max_pool(batch4, 2, 2)[0, :, :, 0]  # 6 8 and 3 4?

# %% check max_pool

# %% exam max_pool

# %% [markdown]
# What does it make of our six maps?

# %%
pooled = max_pool(maps, 2, 2)
print(f"{maps[59].size:,} -> {pooled[59].size:,} numbers, 0 parameters")
figures.activation_maps(pooled[59], [f"{a} degrees" for a in angles])

# %% [markdown]
# A quarter of the numbers, and you still see the ring, and which side of it each filter likes. Nothing had to be
# learned for that. Again and again, for the first map:

# %%
ladder = {"32x32": maps[59, :, :, 0]}
while len(ladder) < 4:
    last = list(ladder.values())[-1]
    smaller = max_pool(last[None, :, :, None], 2, 2)[0, :, :, 0]
    ladder[f"{len(smaller)}x{len(smaller)}"] = smaller
figures.pictures(ladder)

# %% [markdown]
# Each number of the 4x4 map speaks for a block of 8x8 pixels: "somewhere in here is such an edge". Coarse, but it
# still says on which side of the ring the edges lie.
#
# One more thing: ReLU never reverses the order of two numbers. So max pooling before ReLU gives the same as after it,
# and leaves ReLU a quarter of the work.

# %%
raw = conv2d(images, six, np.zeros(6), pad=2)
bool((max_pool(relu(raw), 2, 2) == relu(max_pool(raw, 2, 2))).all())

# %% [markdown]
# ## 4. Or keep the mean
# *12 minutes*
#
# **Average pooling** keeps the mean of each window:
#
# $$Y_{ij} = \frac{1}{F^2} \sum_{m=0}^{F-1} \sum_{n=0}^{F-1} X_{iS+m,\; jS+n}$$
#
# By hand, for the lecture's slice: the first window holds 1, 1, 5, 6, so $(1 + 1 + 5 + 6)/4 = 3.25$. Note what is
# divided by: the $F^2$ numbers of a window, not the side F.

# %%
(1 + 1 + 5 + 6) / 4

# %% [markdown]
# ### The loop, once and for all
#
# The double loop over all windows: you have now written it in lessons 02, 03 and 04, and three more functions need it.
# Here it is as a function. It lists, for each window, its place `i, j` in the output, and the `rows` and `columns` that
# it covers, ready to use as slices:


# %% given windows
def windows(shape, size, stride):
    """List each window of a batch of this shape: i, j, and two slices, its rows and its columns."""
    down, across = (output_size(n, size, stride) for n in shape[1:3])
    starts = [(i, j, i * stride, j * stride) for i in range(down) for j in range(across)]
    return [(i, j, slice(top, top + size), slice(left, left + size)) for i, j, top, left in starts]


# %%
for i, j, rows, columns in windows(batch4.shape, size=2, stride=2):
    print(f"y[{i}, {j}] looks at", slice4[rows, columns].tolist())

# %% [markdown]
# `max_pool` would now be a single loop: `y[:, i, j] = x[:, rows, columns].max(axis=(1, 2))`. Use `windows` in the three
# exercises to come, or write your own loops.

# %% [markdown]
# **Exercise `avg_pool`** · 2 points · difficulty 1/5 · about 6 minutes
#
# What counts: 2x2 windows on one square map (1); any size and stride, several images and channels (½); input
# unchanged (½).
#
# <details><summary>Hint</summary>
#
# The shape of `y` as in `max_pool`, then one loop over `windows(x.shape, size, stride)` with one line in it.
# </details>
#
# <details><summary>Common errors</summary>
#
# The sum divided by F or by 4, whatever the window. `x /= size**2` divides the caller's images. `//` rounds down.
# </details>


# %% answer avg_pool
def avg_pool(x, size, stride):
    """Return the mean of each window, map by map.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
        The images or maps.
    size : int
        Extent F of the windows, in pixels.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    ndarray (N, H', W', C), float
        With H' = (H - F) / S + 1, and W' likewise.
    """
    ### BEGIN SOLUTION
    count, height, width, channels = x.shape
    y = np.zeros((count, output_size(height, size, stride), output_size(width, size, stride), channels))
    for i, j, rows, columns in windows(x.shape, size, stride):
        y[:, i, j] = x[:, rows, columns].mean(axis=(1, 2))
    return y
    ### END SOLUTION


# %%
largest = max_pool(batch4, 2, 2)[0, :, :, 0]
means = avg_pool(batch4, 2, 2)[0, :, :, 0]  # 3.25 in the corner?
figures.number_grids({"x": slice4, "maximum": largest, "mean": means})

# %% check avg_pool

# %% exam avg_pool

# %% [markdown]
# The two side by side, with 4x4 windows. What happens to a thin stroke?

# %%
one = maps[59:60, :, :, :1]
panels = {"map": one, "maximum": max_pool(one, 4, 4), "mean": avg_pool(one, 4, 4)}
figures.pictures({title: values[0, :, :, 0] for title, values in panels.items()}, alike=panels)

# %% [markdown]
# All three panels share one scale of grey. The strongest answer of the map, and what is left of it:

# %%
print({title: round(float(values.max()), 3) for title, values in panels.items()})

# %% [markdown]
# The maximum asks "is it there?" and keeps a clear answer as clear as it was. The mean asks "how much of it?" and
# dilutes a thin stroke. Between convolutions one mostly takes the maximum. The mean has its place at the end of a
# net, over whole maps: lesson 07 builds that.

# %% [markdown]
# ## 5. A small shift is forgiven
# *8 minutes*
#
# Lesson 02: shift the image, and its maps shift along. They do not stay the same. What does pooling make of a shift?

# %%
figures.guess(
    "shift",
    "A single bright pixel moves one column to the right. Does its map stay the same after 2x2 max pooling, stride 2?",
    {"a": "yes, always", "b": "no, never", "c": "it depends on where the pixel was"},
    mine=None,  # your letter in quotes, such as "a"
)

# %% [markdown]
# One bright pixel, three places, 2x2 windows:

# %%
spots = {}
for column in (0, 1, 2):
    spot = np.zeros((2, 4))
    spot[0, column] = 1
    spots[f"x, column {column}"] = spot
    spots[f"pooled {column}"] = max_pool(spot[None, :, :, None], 2, 2)[0, :, :, 0]
figures.number_grids(spots)

# %% [markdown]
# From column 0 to column 1 nothing happens after the pooling. From 1 to 2 the pixel crosses the border of a window, and
# the result jumps by one place: that is two pixels of the image.

# %%
figures.answer("shift", "c")

# %% [markdown]
# So pooling is **invariant** to *some* small shifts, not to all. How much does it help on the whole? We cut 24x24 out
# of all maps, and the same again 0 to 4 pixels further right, and add up all changes, as a share of the sum of the
# maps.


# %%
def change(pool, shift):
    before, after = pool(maps[:, 4:28, 4:28]), pool(maps[:, 4:28, 4 + shift : 28 + shift])
    return float(np.abs(after - before).sum() / before.sum())


def curve(pool):
    return [round(change(pool, shift), 2) for shift in range(5)]


# %%
curves = {"no pooling": curve(lambda x: x)}
for size in (2, 4, 8):
    curves[f"max {size}x{size}"] = curve(lambda x, size=size: max_pool(x, size, size))
print(curves)
figures.change_under_shift(range(5), curves)

# %% [markdown]
# The larger the window, the calmer the maps. Moved by one pixel, plain maps change by nearly half of what they hold,
# those with 4x4 windows by a fifth. That is the second gift of pooling: the layers after it need not learn each shape
# at every single place.
#
# And the price: after 8x8 windows nobody knows any more *where* things are. To find an object's outline, or to read
# small print, pool less.

# %% [markdown]
# ## 6. Where does the gradient go?
# *25 minutes*
#
# Training asks of every number in the net: if it grew a little, how would the loss $L$ change? Suppose the layers after
# the pooling have told us that for each of its outputs. This is the **upstream gradient**, $dY_{ij} = \partial L /
# \partial Y_{ij}$. We look for the same for each input, $dX$. (How a gradient gets here from the end of a net is lesson
# 05; here it is simply given.)
#
# Push a number and see. First the 6, the maximum of its window, then the 5 beside it:

# %%
for row, column in ((1, 1), (1, 0)):
    pushed = batch4.copy()
    pushed[0, row, column, 0] += 0.25
    moved = max_pool(pushed, 2, 2) - max_pool(batch4, 2, 2)
    print(f"the {slice4[row, column]:.0f} grows by 0.25, y by", moved[0, :, :, 0].tolist())

# %% [markdown]
# The maximum passes on every push, one to one: its derivative is 1. All others can be pushed a little without any
# effect: theirs is 0. So the gradient goes back to where the maximum came from, and nowhere else. For windows side by
# side:
#
# $$dX_{iS+m,\; jS+n} = \mathbf{1}\!\left(X_{iS+m,\; jS+n} = Y_{ij}\right)\, dY_{ij}$$
#
# $\mathbf{1}(\ldots)$ is 1 where the statement in it is true, else 0.

# %% [markdown]
# With $dY$ = 1, 2, 3, 4, so that you see who got what:

# %%
dy4 = np.array([[1.0, 2.0], [3.0, 4.0]])
figures.max_pool_gradient(slice4, dy4, size=2, stride=2)

# %% [markdown]
# ### When windows overlap
#
# A pixel in several windows may be the maximum of more than one. Push it, and *all* of their outputs grow. So their
# gradients **add up**: start from zeros, and let each window add its share (`+=`).

# %%
figures.max_pool_gradient_steps(slice5, dy4, size=3, stride=2)

# %% [markdown]
# The last step, standing still: the 9 is the maximum of two windows, so it gets $1 + 3 = 4$.

# %%
figures.max_pool_gradient(slice5, dy4, size=3, stride=2)

# %% [markdown]
# ### When numbers are equal
#
# Two numbers of a window may *both* be its maximum: a **tie**. Then $\mathbf{1}(\ldots)$ is true for both. The formula
# says: **every tied maximum gets the gradient**, all of it.
#
# Strictly, the maximum has a kink here and no derivative, so somebody has to choose. PyTorch gives the gradient to the
# first of them, row by row. This course follows the lecture; section 7 asks whether it matters.

# %%
tied = np.array([[2.0, 2, 0, 0], [1, 2, 0, 0]])
figures.max_pool_gradient(tied, np.array([[1.0, -3.0]]), size=2, stride=2)

# %% [markdown]
# By hand: the left window has its maximum, 2, three times, so three pixels get 1. The right one is flat: all four get
# -3.
#
# Comparing floats by `==` is a bad habit elsewhere: 0.1 + 0.2 is not 0.3. Here it is exact, because the maximum is a
# *copy* of one of the numbers. `np.isclose` would give the gradient to numbers that merely come near.

# %%
0.1 + 0.2 == 0.3, max(0.1, 0.3) == 0.3

# %% [markdown]
# **Now you.** Drag the numbers of the lecture's example up and down. Make two of a window equal, then three: who gets
# the gradient? And how does it spread when the mean is kept instead?

# %%
figures.live_pooling(slice4, dy4, size=2, stride=2)

# %% [markdown]
# **Exercise `max_pool_backward`** · 4 points · difficulty 3/5 · about 15 minutes
#
# What counts: windows side by side, one maximum in each (1); every one of several equal maxima (1); windows that
# overlap (1), and equal maxima in them (½); inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# One loop over `windows`. Compare each window with its maximum (`keepdims=True`). The comparison times
# `dy[:, i : i + 1, j : j + 1]`, of shape (N, 1, 1, C), is what its pixels get.
# </details>
#
# <details><summary>Common errors</summary>
#
# `=` instead of `+=` forgets what earlier windows gave. `argmax` finds only the first maximum. `dx = x` is not a copy.
# The whole map compared with `y[i, j]`: other windows may hold the same number.
# </details>


# %% answer max_pool_backward
def max_pool_backward(dy, x, size, stride):
    """Send the gradient of max pooling back to the maxima.

    Parameters
    ----------
    dy : ndarray (N, H', W', C), float
        The upstream gradient: the derivative of the loss with respect to each output of
        `max_pool(x, size, stride)`.
    x : ndarray (N, H, W, C), float
        What went into the pooling.
    size : int
        Extent F of the windows, in pixels.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    ndarray (N, H, W, C), float
        dx, the derivative of the loss with respect to each number of x. Every number that equals
        its window's maximum gets that window's dy; where windows overlap, what they give adds up.
    """
    ### BEGIN SOLUTION
    dx = np.zeros_like(x)
    for i, j, rows, columns in windows(x.shape, size, stride):
        window = x[:, rows, columns]
        is_maximum = window == window.max(axis=(1, 2), keepdims=True)
        dx[:, rows, columns] += is_maximum * dy[:, i : i + 1, j : j + 1]
    return dx
    ### END SOLUTION


# %%
dy_batch, x_batch = dy4[None, :, :, None], slice5[None, :, :, None]
max_pool_backward(dy_batch, x_batch, 3, 2)[0, :, :, 0]  # a 2 and two 4s?

# %% check max_pool_backward

# %% exam max_pool_backward

# %% [markdown]
# Trust, but measure: push one pixel, see how the loss changes, compare with `dx`. For that we need a loss that has the
# $dY$ we handed in as its derivatives. The simplest is a weighted sum, with $dY$ as the weights:
#
# $$L = \sum_{i,j} dY_{ij}\, Y_{ij}$$
#
# If $Y_{ij}$ grows by 0.1, then $L$ grows by $0.1 \cdot dY_{ij}$, and that is just what $\partial L / \partial Y_{ij} =
# dY_{ij}$ means. Lesson 05 checks all its gradients in this way. Here, random numbers, and the pixel with the largest
# gradient, pushed a little up and a little down:

# %%
rng = np.random.default_rng(4)
x, dy = rng.normal(size=(2, 7, 5, 3)), rng.normal(size=(2, 3, 2, 3))
dx = max_pool_backward(dy, x, 3, 2)
place = np.unravel_index(np.abs(dx).argmax(), dx.shape)
push = np.zeros_like(x)
push[place] = 1e-5
change_of_loss = np.sum(max_pool(x + push, 3, 2) * dy) - np.sum(max_pool(x - push, 3, 2) * dy)
print(f"measured {change_of_loss / 2e-5:.6f}, computed {dx[place]:.6f}")

# %% [markdown]
# How many inputs get a gradient at all? Of four numbers in a 2x2 window, one:

# %%
noise = rng.normal(size=(10, 32, 32, 6))
reached = max_pool_backward(np.ones((10, 16, 16, 6)), noise, 2, 2) != 0
print(f"{reached.mean():.2f}")

# %% [markdown]
# Max pooling is a switch. The winner of each window learns, the others wait for an image in which they win.

# %% [markdown]
# ## 7. Ties are common. Do they matter?
# *12 minutes*
#
# Ties of numbers like 0.7312 are rare. But ReLU makes *zeros*, in whole regions, and a window of four zeros is a tie of
# four. Take a fresh convolution layer, as a net has it before its training: twelve random filters. Its inputs are
# images from which the mean colour was subtracted, divided by their standard deviation (`standardize` does both).

# %%
figures.guess(
    "ties",
    "After this layer and its ReLU, how many of the 2x2 windows are tied?",
    {"a": "about 1 in 1,000", "b": "about 1 in 16", "c": "more than 1 in 3", "d": "nearly all"},
    mine=None,  # your letter in quotes, such as "a"
)

# %%
data = load_shapes10(train=60, test=1)
x = standardize(data.train_images, *channel_statistics(data.train_images))
w_start = np.random.default_rng(0).normal(0, np.sqrt(2 / 27), (3, 3, 3, 12)).astype(np.float32)
no_bias = np.zeros(12, np.float32)
before = conv2d(x, w_start, no_bias, pad=1)
active = relu(before)

# %% [markdown]
# `max_pool_backward` counts for us: with ones for $dY$ it marks every maximum with a 1. More than one 1 in a window is
# a tie.


# %%
def tied_windows(x):
    shape = pool_output_shape(x.shape, 2, 2)
    marks = max_pool_backward(np.ones(shape), x, 2, 2)
    return 4 * avg_pool(marks, 2, 2) > 1.5


print(f"images, after ReLU    {tied_windows(active).mean():.2f}")
print(f"images, before ReLU   {tied_windows(before).mean():.2f}")
print(f"noise, after ReLU     {tied_windows(relu(noise)).mean():.2f}")
figures.answer("ties", "c")

# %% [markdown]
# In noise four neighbours are all negative by chance, one time in $2^4 = 16$. In images neighbours are alike, and so
# are their answers: more than a third of the windows are tied. On photographs it is much the same, about a third. This
# is not a corner case!
#
# So the two rules, all ties or the first only, give very different gradients. How different?

# %%
rng = np.random.default_rng(7)
dy = rng.normal(size=(60, 16, 16, 12)).astype(np.float32)
d_all = max_pool_backward(dy, active, 2, 2)
d_first = layers.max_pool2d_backward(dy, active, 2, 2, ties="first")
print(f"{np.mean(d_all != d_first):.2f} of all entries differ")

# %%
figures.guess(
    "rules",
    "Train these filters with each rule, from the same start. How far apart are they after 20 steps?",
    {"a": "they have learned different things", "b": "a little apart", "c": "not at all"},
    mine=None,  # your letter in quotes, such as "a"
)

# %% [markdown]
# On its way back, the gradient comes to the **ReLU** next. ReLU is flat where its input is negative, so it
# lets the gradient pass only where its input was above 0:
#
# $$dX = \mathbf{1}(X > 0)\; dY$$
#
# At all those tied zeros it is stopped, whatever the rule said.

# %%
was_positive = before > 0
passed_all, passed_first = d_all * was_positive, d_first * was_positive
print(np.sum(passed_all != passed_first), "entries differ after the way back through ReLU")

# %% [markdown]
# Not one entry differs, so the filters get the same gradient, whatever the rule. Watch it happen. In lesson 02 a filter
# learned from the map it should have made; here our twelve learn through ReLU *and* pooling. The pooled maps they
# should make are those of twelve edge filters:

# %%
directions = np.radians(np.arange(0, 360, 30))
rows, columns = np.mgrid[-1:2, -1:2]
edges = np.stack([np.cos(a) * columns + np.sin(a) * rows for a in directions], axis=-1) / 6
w_edges = np.repeat(edges[:, :, None, :], 3, axis=2).astype(np.float32)  # (3, 3, 3, 12)
wanted = max_pool(relu(conv2d(x, w_edges, no_bias, pad=1)), 2, 2)

# %% [markdown]
# Each step goes forward, then back line by line: from the error of the pooled maps (lesson 02's mean squared error)
# through the pooling (this lesson), through the ReLU (just above), to the filters (lesson 02: a correlation of the
# input with the gradient; `conv2d_filter_gradient` does it for all filters at once, and for the biases, which we leave
# at 0).


# %%
def train(ties, steps=20, lr=0.4):
    w = w_start
    for _ in range(steps):
        before = conv2d(x, w, no_bias, pad=1)
        active = relu(before)
        pooled = layers.max_pool2d(active, 2, 2)
        dpooled = 2 / pooled.size * (pooled - wanted)
        dactive = layers.max_pool2d_backward(dpooled, active, 2, 2, ties=ties)
        dbefore = dactive * (before > 0)
        dw, _ = layers.conv2d_filter_gradient(dbefore, x, w, pad=1)
        w = w - lr * dw
    return w


def loss(w):
    pooled = max_pool(relu(conv2d(x, w, no_bias, pad=1)), 2, 2)
    return np.mean((pooled - wanted) ** 2)


# %% long
w_all, w_first = train("all"), train("first")
print(f"loss {loss(w_start):.2f} -> {loss(w_all):.2f} and {loss(w_first):.2f}")
print(f"filters moved by {np.abs(w_all - w_start).max():.2f}, apart by {np.abs(w_all - w_first).max():.3f}")
figures.answer("rules", "c")

# %% [markdown]
# The filters have learned, and they are the same up to rounding. When does the rule matter, then?
#
# - Without a ReLU before the pooling: pool the *images* themselves, and flat regions tie.
# - In photographs a few windows after ReLU, about one in a thousand, tie above 0: an overexposed sky is exactly flat.
#
# If you ever compare your gradients with PyTorch's on a flat image, you know now why they differ.

# %%
print(f"images themselves: {tied_windows(x).mean():.2f} of the windows are tied")

# %% [markdown]
# ## 8. Back through the mean
# *10 minutes*
#
# Push *any* number of a window, and the mean moves, but only by one part in $F^2$ of the push. So each pixel of a
# window gets the same share:
#
# $$dX_{iS+m,\; jS+n} = \frac{1}{F^2}\, dY_{ij} \qquad \text{for all } 0 \le m, n < F$$
#
# Where windows overlap, the shares add up, as before. By hand, 2x2, stride 2: a window with $dY$ = 4 gives 1 to each of
# its four pixels. Which values they hold does not matter; `x` is handed over for its shape.

# %% [markdown]
# **Exercise `avg_pool_backward`** · 2 points · difficulty 2/5 · about 6 minutes
#
# What counts: windows side by side (1); windows that overlap (½); inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# `max_pool_backward` without the comparison. Adding an array of shape (N, 1, 1, C) to a window repeats it over all
# pixels.
# </details>
#
# <details><summary>Common errors</summary>
#
# Each pixel gets all of `dy`. Divided by F or by 4. `=` instead of `+=`. `dy /= size**2` changes the caller's gradient.
# `np.repeat` knows only windows side by side.
# </details>


# %% answer avg_pool_backward
def avg_pool_backward(dy, x, size, stride):
    """Send the gradient of average pooling back to all pixels of each window.

    Parameters
    ----------
    dy : ndarray (N, H', W', C), float
        The upstream gradient: the derivative of the loss with respect to each output of
        `avg_pool(x, size, stride)`.
    x : ndarray (N, H, W, C), float
        What went into the pooling; only its shape matters.
    size : int
        Extent F of the windows, in pixels.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    ndarray (N, H, W, C), float
        dx, the derivative of the loss with respect to each number of x. Where windows overlap,
        what they give adds up.
    """
    ### BEGIN SOLUTION
    dx = np.zeros_like(x)
    for i, j, rows, columns in windows(x.shape, size, stride):
        dx[:, rows, columns] += dy[:, i : i + 1, j : j + 1] / size**2
    return dx
    ### END SOLUTION


# %%
dx4 = avg_pool_backward(dy4[None, :, :, None], batch4, 2, 2)[0, :, :, 0]
figures.number_grids({"dy": dy4, "dx": dx4})  # four quarters of each?

# %% check avg_pool_backward

# %% exam avg_pool_backward

# %% [markdown]
# Now on one of our maps, with the same $dY$ for both. The last three panels share one scale, on which middle grey is 0:

# %%
dy = np.random.default_rng(1).normal(size=(1, 8, 8, 1))
panels = {
    "map": one,
    "dy": dy,
    "dx of maximum": max_pool_backward(dy, one, 4, 4),
    "dx of mean": avg_pool_backward(dy, one, 4, 4),
}
flat = {title: values[0, :, :, 0] for title, values in panels.items()}
figures.pictures(flat, alike=["dy", "dx of maximum", "dx of mean"])

# %%
print({title: round(float(np.abs(values).max()), 2) for title, values in flat.items() if title != "map"})

# %% [markdown]
# The maximum gives everything to one pixel of a block, and to whole blocks where the map is flat zero: the ties of
# section 7, not yet stopped by their ReLU. The mean spreads the same gradient over sixteen pixels, so thinly that you
# hardly see it.
#
# A check that costs nothing: the shares of a mean add up to what came in.

# %%
bool(np.isclose(panels["dx of mean"].sum(), dy.sum()))

# %% [markdown]
# ## 9. Pooling, or a larger stride?
# *8 minutes*
#
# Lesson 03 had another way to shrink a map: a convolution with stride 2. How do the two compare?
#
# Average pooling *is* a convolution with stride, one with fixed weights: $1/F^2$ everywhere, each map on its own.

# %%
fixed = np.eye(6) / 4 * np.ones((2, 2, 1, 1))  # (2, 2, 6, 6): filter k sees channel k only
bool(np.allclose(conv2d(maps, fixed, np.zeros(6), stride=2), avg_pool(maps, 2, 2)))

# %% [markdown]
# The maximum is not a convolution, whatever the weights. Convolutions are *linear*: the result of a sum is the sum of
# the results. The maximum isn't:

# %%
a, b = np.array([3.0, 0.0]), np.array([0.0, 2.0])
print("maximum of the sum:", (a + b).max())
print("sum of the maxima: ", a.max() + b.max())

# %% [markdown]
# Now our six filters with stride 2. They give exactly every second row and column of the full map. (5x5 with stride 2
# on 32: two zeros before and one after fit, see lesson 03.)

# %%
strided = relu(conv2d(images, six, np.zeros(6), stride=2, pad=(2, 1)))
print(strided.shape, bool(np.allclose(strided, maps[:, ::2, ::2])))

# %% [markdown]
# So the strided layer never looks at the other three of four places, while pooling looks at all and keeps the best.
# Looking costs. Multiplications per image:

# %%
print(f"stride 1, then pooling: {32 * 32 * six.size:,}")
print(f"stride 2:               {16 * 16 * six.size:,}")

# %% [markdown]
# A quarter of the work. And when the image moves by one pixel? With the `change` of section 5:

# %%
print("every second pixel:", round(change(lambda x: x[:, ::2, ::2], 1), 2))
print("max 2x2, stride 2: ", round(change(lambda x: max_pool(x, 2, 2), 1), 2))

# %% [markdown]
# The strided layer is more easily shaken. Which is better? It depends on what else the saved time buys. Early ConvNets
# pool after every few convolutions. Newer ones (ResNet, for one) shrink their maps by strided convolutions, whose
# weights are learned, and pool once or twice in all.
#
# **Getting rid of POOL.** The lecture names it as a trend. In 2014 Springenberg and others went all the way ("Striving
# for Simplicity"): they replaced each pooling layer by a convolution with stride 2, and their net classified CIFAR-10
# as well as before. You can build both now, and in lesson 07 you train one beside the other.

# %% [markdown]
# ## 10. Where did the gradient go?
# *10 minutes, no points*
#
# A friend wants max pooling's backward without any loop. `sliding_window_view` cuts out all windows at once, `argmax`
# finds the number of each one's first maximum, counted row by row, and one line adds all of `dy` at those places. (The
# first maximum alone is PyTorch's rule for ties. That is not the bug.)
#
# **One line has a bug.**


# %%
def suspect(dy, x, size, stride):
    every = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    best = every[:, ::stride, ::stride].reshape(*dy.shape, size * size).argmax(axis=-1)
    n, i, j, c = np.indices(dy.shape)  # the image, row, column and channel of each entry of dy
    dx = np.zeros_like(x)
    dx[n, i * stride + best // size, j * stride + best % size, c] += dy
    return dx


# %% [markdown]
# Hold it against your own, on noise, which has no ties, so that the rules agree:

# %%
for size in (2, 4):
    dy = rng.normal(size=(10, 32 // size, 32 // size, 6))
    error = suspect(dy, noise, size, size) - max_pool_backward(dy, noise, size, size)
    print(f"F = {size}, S = {size}: largest error {np.abs(error).max():.9f}")

# %% [markdown]
# All is well, it seems. Now try other sizes and strides, until it fails. (Which ones did *this* lesson warn you about?)
# Then take a small map, such as `x_batch` with `dy_batch` (section 6), and look where something is missing. Two more
# tools: push one pixel and measure; and without ties `dx` must add up to what `dy` adds up to.

# %%
size, stride = 2, 2  # change these; 32 pixels must fit
dy = np.ones(pool_output_shape(noise.shape, size, stride))
print(f"went in: {dy.sum():.0f}, came out: {suspect(dy, noise, size, stride).sum():.0f}")

# %% [markdown]
# <details><summary>The culprit</summary>
#
# It fails where windows overlap, for example with F = 2, S = 1. `x_batch` with F = 3, S = 2 shows it best: the 9 is the
# maximum of two windows and should get 1 + 3 = 4. It gets 3.
#
# The last line *looks* right, with its `+=`. But NumPy reads all places, adds, and writes all back. A place that occurs
# twice in the index is read twice as 0, and the second result overwrites the first. `np.add.at(dx, (...), dy)` adds one
# after the other.
#
# The moral: `+=` on a slice adds up; `+=` on a list of places forgets repeated ones. A test without repeated places
# can't tell.
# </details>

# %% [markdown]
# ## What you have built
#
# - the sizes, and two ways to turn a window into one number: `pool_output_shape`, `max_pool`, `avg_pool`;
# - the way back: `max_pool_backward`, a switch, and `avg_pool_backward`, an equal share.
#
# From now on the course's own versions do the work: the same numbers, faster. Their source,
# `cs_utils/engine/pooling.py`, is open to you.

# %%
dy = np.random.default_rng(2).normal(size=pooled.shape)
print(np.allclose(layers.max_pool2d(maps, 2, 2), max_pool(maps, 2, 2)))
print(np.allclose(layers.avg_pool2d(maps, 2, 2), avg_pool(maps, 2, 2)))
print(np.allclose(layers.max_pool2d_backward(dy, maps, 2, 2), max_pool_backward(dy, maps, 2, 2)))
print(np.allclose(layers.avg_pool2d_backward(dy, maps, 2, 2), avg_pool_backward(dy, maps, 2, 2)))

# %%
figures.count_guesses()

# %% [markdown]
# And the lecture's net as it stands: what you have built in this copy of the course is *yours*, the rest is grey.

# %%
figures.growing_net(passed())

# %% [markdown]
# ## Ask yourself
#
# <details><summary>How large is 33x33x64 after pooling with F = 3, S = 2? And how many parameters are there?</summary>
#
# (33 - 3)/2 + 1 = 16, so 16x16x64. None.
# </details>
#
# <details><summary>A window holds -4, -2, -7, -3. What do both kinds of pooling give?</summary>
#
# The maximum is -2, the mean -4.
# </details>
#
# <details><summary>Its upstream gradient is 8. What do the four numbers get?</summary>
#
# Max pooling: 0, 8, 0, 0. Average pooling: 2 each.
# </details>
#
# <details><summary>Why is a tie of zeros after a ReLU harmless?</summary>
#
# Whatever the pooling gives them, ReLU's backward stops it: its input was not above 0.
# </details>
#
# <details><summary>Why <code>+=</code> in the backward loops?</summary>
#
# Where windows overlap, a pixel can be part of several outputs. Their gradients add up.
# </details>

# %% [markdown]
# ## Where next
#
# You have sent a gradient back through two layers. **Lesson 05** does it for all: ReLU, fully connected, softmax and
# convolution. And it turns the trick of section 6, push and compare, into a tool that finds mistakes in gradients.
