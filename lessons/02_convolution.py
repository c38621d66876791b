# %% [markdown]
# # 02 · Convolution
# *One small filter, moved over the whole image.*
#
# When you are through, you will be able to
#
# - say why a layer for images looks at small windows, and count what that saves;
# - write a convolution from its formula: one channel, full depth, many filters, a whole batch;
# - tell cross-correlation from convolution;
# - read a filter: edge, blur, sharpen, or one that was learned.
#
# **Time:** about 130 minutes, in ten sections. **Points:** 15.
# **Builds on:** lesson 01 (a layer as `x @ w + b`) and loops in Python. A little calculus helps in section 8.

# %% [markdown]
# Shapes are written as in NumPy. One table for all symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | $n_h \times n_w$ | `H`, `W` | height and width of an image, in pixels |
# | $n_c$ or $D$ | `C` | depth: the number of channels, 3 for red, green, blue |
# | $F$ | `F`, `size` | extent: a filter is F pixels high and F wide |
# | $K$ | `K` | the number of filters |
# | $S$, $P$ | | stride and padding: here always 1 and 0, lesson 03 changes them |
# | $N$ | | the side of a square image, when H = W |
# | | `N` | in shapes: the number of images in a batch |
# | [INPUT - CONV - RELU] | | a net as a list of its layers, from left to right |

# %% given setup
import time

import numpy as np

from cs_utils import figures
from cs_utils.checks import check, passed
from cs_utils.datasets import load_shapes10

# %% [markdown]
# ## 1. An image is more than a list of numbers
# *5 minutes*
#
# The images of this lesson are drawn by the course itself: ten kinds of shapes, of the same size as CIFAR-10's.
# We take 60 of them and look at one. Dividing by 255 turns bytes into numbers from 0 to 1.

# %%
images = load_shapes10(train=60, test=1).train_images / 255
image = images[59]
print(image.shape)
channels = {name: image[:, :, c] for c, name in enumerate(["red", "green", "blue"])}
figures.pictures({"image": image, **channels})

# %% [markdown]
# A fully connected layer stretches it to one long row. Each neuron looks at *all* of its numbers, and has a weight
# for each. Two things are odd about that. First, the price, if we want one value at each of 28x28 places:

# %%
one_neuron = image.size + 1
print(f"one neuron:  {one_neuron:9,} weights and biases")
print(f"28x28 of it: {28 * 28 * one_neuron:9,}")

# %% [markdown]
# Second, the neighbours are lost. Shuffle the pixels of all images in the same way, and a fully connected net
# learns just as well as before (lesson 01). But edges and corners are made by *neighbouring* pixels.
#
# So let a neuron look at a small **window** only, say 5x5 pixels, and keep the rows and columns as they are.

# %%
figures.window_on_picture(image, row=4, column=16, size=5)

# %% [markdown]
# ## 2. One window, one number
# *8 minutes*
#
# A **filter** is a small block of weights, as large as the window. Multiply number by number, add everything up, add
# one bias $b$:
#
# $$\text{score} = \sum_{m=0}^{F-1} \sum_{n=0}^{F-1} \sum_{p=0}^{C-1} W_{mnp}\, X_{mnp} + b$$
#
# That is lesson 01's neuron, $w \cdot x + b$, with a window for $x$. The score is large where the window looks like the
# filter: bright where its weights are positive, dark where they are negative.

# %% [markdown]
# By hand, for a window of 2x2 pixels and one channel:

# %%
window = np.array([[1.0, 2.0], [0.0, 3.0]])
filt = np.array([[1.0, 0.0], [-1.0, 2.0]])
figures.number_grids({"window": window, "filter": filt, "products": window * filt})

# %% [markdown]
# The products are 1, 0, 0 and 6, which makes 7. With a bias of 0.5 the score is 7.5:

# %%
1 * 1 + 2 * 0 + 0 * (-1) + 3 * 2 + 0.5

# %% [markdown]
# **Exercise `window_score`** · 1 point · difficulty 1/5 · about 5 minutes
#
# Write the formula above. Window and filter have the same shape, any size and any depth; the result is one number. What
# counts: windows of any size and depth, inputs unchanged (1).
#
# <details><summary>Hint</summary>
#
# `*` multiplies two arrays number by number. One function of NumPy adds up all entries of an array, whatever its shape.
# </details>
#
# <details><summary>Common errors</summary>
#
# `@` multiplies matrices, which is something else. Python's own `sum` adds up along the first axis only. The bias is
# added once, not once for each product.
# </details>


# %% answer window_score
def window_score(window, filt, bias):
    """Score one window with one filter.

    Parameters
    ----------
    window : ndarray (F, F, C), float
        The part of an image under the filter.
    filt : ndarray (F, F, C), float
        The filter's weights.
    bias : float

    Returns
    -------
    float
        The sum of all products, plus the bias.
    """
    ### BEGIN SOLUTION
    return np.sum(window * filt) + bias
    ### END SOLUTION


# %%
float(window_score(window[:, :, None], filt[:, :, None], 0.5))  # 7.5, as by hand?

# %% check window_score

# %% exam window_score

# %% [markdown]
# Now with the lecture's numbers: a 5x5x3 window of the image. How many products are added up? All weights are 1/75
# here, so the score is the window's mean brightness.

# %%
window = image[4:9, 16:21]
average = np.full((5, 5, 3), 1 / 75)
print(window.shape, "->", window.size, "products")
print(f"score {window_score(window, average, 0.0):.3f}, mean brightness {window.mean():.3f}")

# %% [markdown]
# A **dot product** (a sum of products) of 75 numbers, and one bias: 76 **parameters**, numbers to be learned, where a
# neuron of section 1 has 3,073.

# %% [markdown]
# ## 3. Slide the filter over the image
# *25 minutes*
#
# One window gives one number. Put the *same* filter on every place of the image, and the numbers make a new
# image: the **activation map**, or map for short. For one channel and no bias:
#
# $$Y_{ij} = \sum_{m=0}^{F-1} \sum_{n=0}^{F-1} W_{mn}\, X_{i+m,\; j+n}
# \qquad i = 0, \dots, H-F, \quad j = 0, \dots, W-F$$
#
# $i$ and $j$ say where the window begins, $m$ and $n$ where we are in it. (The $W$ with two indices is the filter,
# the one in $W - F$ the width: the lecture's letters.)

# %% [markdown]
# A small image: bright on the left, dark on the right. And a filter: left column minus right column.

# %%
figures.guess(
    "map size",
    "A 3x3 filter slides over an image of 4 rows and 5 columns. How many rows and columns does the map have?",
    {"a": "4 and 5, like the image", "b": "3 and 4", "c": "2 and 3", "d": "1 and 2"},
    mine=None,  # write your letter, "a" to "d", and run the cell
)

# %%
small = np.array([[9.0, 9, 1, 1, 1], [9, 9, 1, 1, 1], [9, 9, 9, 1, 1], [9, 9, 9, 1, 1]])
vertical = np.array([[1.0, 0.0, -1.0]] * 3)
figures.sliding_filter(small, vertical)

# %% [markdown]
# The same, three places, standing still:

# %%
figures.sliding_filter_still(small, vertical, places=[(0, 0), (0, 1), (1, 2)])

# %% [markdown]
# Two rows and three columns. The window may begin in row 0, but no later than row $H - F$; any later, and it would hang
# over the edge. Counting from 0, these are $H - F + 1$ rows, and in the same way $W - F + 1$ columns.
#
# So the *number* of places is $H - F + 1$, and the *last index* is $H - F$. (The lecture's slide runs the index to
# $n_h - F + 1$: that is one too many.)

# %%
height, width = small.shape
size = len(vertical)
print((height - size + 1, width - size + 1))
figures.answer("map size", "c")

# %% [markdown]
# The largest value, 24, stands where bright meets dark in all three rows of the window:
#
# $(9 + 9 + 9) - (1 + 1 + 1) = 24$.
#
# The window of the last place in the first row has dark pixels on both sides, but for one: $(1 + 1 + 9) - (1 + 1 + 1)
# = 8$.

# %%
int(np.sum(small[0:3, 1:4] * vertical)), int(np.sum(small[0:3, 2:5] * vertical))

# %% [markdown]
# **Exercise `correlate2d`** · 3 points · difficulty 2/5 · about 15 minutes
#
# Write the sum above for one channel: a map of all places. What counts: 3x3 filters on square images (1), any size of
# image and filter (1), filters that are too large refused with a `ValueError` (½), `x` and `w` left as they were (½).
#
# <details><summary>Hint</summary>
#
# Loop over the map, not over the image. The window of place (i, j) is a slice of `x` that begins there, F rows high
# and F columns wide.
# </details>
#
# <details><summary>Common errors</summary>
#
# One row and column too few: `range(H - F)` stops before $H - F$. Height and width mixed up: try an image that is not
# square. `np.zeros_like(x)` is too large for a map.
# </details>


# %% answer correlate2d
def correlate2d(x, w):
    """Slide a filter over an image of one channel.

    Parameters
    ----------
    x : ndarray (H, W), float
        The image.
    w : ndarray (F, F), float
        The filter.

    Returns
    -------
    ndarray (H - F + 1, W - F + 1), float
        The map: y[i, j] belongs to the window that begins at x[i, j].

    Raises
    ------
    ValueError
        If the filter is higher or wider than the image.
    """
    ### BEGIN SOLUTION
    height, width = x.shape
    size = len(w)
    if size > height or size > width:
        raise ValueError(f"a {size}x{size} filter does not fit on a {height}x{width} image")
    y = np.zeros((height - size + 1, width - size + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i : i + size, j : j + size] * w)
    return y
    ### END SOLUTION


# %%
correlate2d(small, vertical)  # 16 24 8 and 8 24 16?

# %% check correlate2d

# %% exam correlate2d

# %% [markdown]
# ### What filters find
# *8 of the 25 minutes*
#
# Now the image of section 1, in grey, which is the mean of its three channels. A 3x3 filter makes a 30x30 map of 32x32
# pixels: two rows and two columns fewer, because the window must not hang over.

# %%
grey = image.mean(axis=2)
edges = correlate2d(grey, vertical)
print(grey.shape, "->", edges.shape)
figures.filtered(grey, vertical, edges)

# %% [markdown]
# **Edges.** The map is middle grey, that is 0, where left and right are alike. It is white where the image goes
# from bright to dark, black where it goes from dark to bright. Transposed, the filter finds horizontal edges and loses
# the vertical ones.

# %%
figures.filtered(grey, vertical.T, correlate2d(grey, vertical.T))

# %% [markdown]
# Why is a flat region 0, however bright it is? Because the weights of the filter add up to 0.

# %%
flat = np.full((3, 3), 0.7)
print("sum of the weights:", vertical.sum())
print("on a flat window:  ", round(abs(float(correlate2d(flat, vertical)[0, 0])), 9))

# %% [markdown]
# **Blur.** Nine weights of 1/9 replace each pixel by the mean of its neighbourhood. The noise gets weaker, and so do
# the edges.

# %%
blur = np.full((3, 3), 1 / 9)
figures.filtered(grey, blur, correlate2d(grey, blur))

# %% [markdown]
# **Sharpen.** Five times the pixel, minus its four neighbours: what differs from its surroundings is lifted. The
# weights add up to 1, so flat regions keep their brightness. The noise is lifted, too.

# %%
sharpen = np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])
figures.filtered(grey, sharpen, correlate2d(grey, sharpen))

# %% [markdown]
# The upper right corner of the image is flat but for its noise. So we can measure it, by its standard deviation:

# %%
corner = grey[0:6, 24:32]
for name, filt in {"blur": blur, "sharpen": sharpen}.items():
    print(f"{name:8} {corner.std():.4f} -> {correlate2d(corner, filt).std():.4f}")

# %% [markdown]
# **Now you.** Paint a filter and watch the map; point at any place and you see its window, the products and their sum.
# Which filter leaves the image as it is? Which one moves it by one pixel? And which one finds only *upper* edges?

# %%
figures.live_filter(grey, vertical)

# %% [markdown]
# Three filters, three questions, nine numbers each. In a ConvNet nobody chooses these numbers: they are *learned*,
# like all weights. We will see that in section 8.

# %% [markdown]
# ### Your loop gets a name
#
# Everything in this lesson slides over an image. So that nobody has to type the two loops and the test of the size
# again, here they are once more, as a function: `slide` cuts out window after window, calls `score` with it, and lays
# out what comes back, a number or a whole row of numbers. From now on you only say what happens in *one* window.


# %% given slide
def slide(x, size, score):
    """Return an array y with y[i, j] = score(window that begins at x[i, j]), for windows of size x size."""
    height, width = x.shape[:2]
    if size > height or size > width:
        raise ValueError(f"a {size}x{size} filter does not fit on a {height}x{width} image")
    rows, columns = range(height - size + 1), range(width - size + 1)
    return np.array([[score(x[i : i + size, j : j + size]) for j in columns] for i in rows])


# %%
def left_minus_right(window):
    return np.sum(window * vertical)


slide(small, 3, left_minus_right)  # what correlate2d gave?

# %% [markdown]
# ## 4. Correlation or convolution?
# *8 minutes*
#
# What you wrote is called **cross-correlation** in mathematics. A true **convolution** reads the window backwards:
#
# $$Y_{ij} = \sum_{m=0}^{F-1} \sum_{n=0}^{F-1} W_{mn}\, X_{i+F-1-m,\; j+F-1-n}$$
#
# with $i$ and $j$ as before. It is the same as a correlation with the filter flipped along both axes, up-down *and*
# left-right. ConvNets use correlation and call it convolution. Since the weights are learned, it makes no difference:
# the net would just learn the flipped filter.

# %% [markdown]
# One bright pixel shows it best: an image that is 0 everywhere, but for a 1 in the middle, and a filter whose weights
# are counted from 1 to 9.

# %%
figures.guess(
    "point",
    "Correlate that image with that filter. What does the 3x3 map look like?",
    {
        "a": "the filter as it is, 1 2 3 in the first row",
        "b": "the filter flipped both ways, 9 8 7 in the first row",
        "c": "the filter transposed, 1 4 7 in the first row",
    },
    mine=None,  # write your letter and run the cell
)

# %%
point = np.zeros((5, 5))
point[2, 2] = 1
counting = np.arange(1.0, 10.0).reshape(3, 3)
figures.number_grids({"x": point, "w": counting, "correlation": correlate2d(point, counting)})

# %%
figures.answer("point", "b")

# %% [markdown]
# The first window has the bright pixel in its *last* corner, under the weight 9; the last window has it in its first
# corner, under the weight 1. A true convolution stamps the filter on the map as it is. That is how you will see that
# your function is right.

# %% [markdown]
# **Exercise `true_convolution2d`** · 1 point · difficulty 2/5 · about 5 minutes
#
# Same sizes as `correlate2d`; again only places where the filter lies inside. Let `slide` do the moving. What counts:
# any size of image and filter, inputs unchanged (1).
#
# <details><summary>Hint</summary>
#
# `a[::-1]` reads the rows of `a` from last to first. How do you read the columns backwards, too? Do that to the filter;
# then a `score` like `left_minus_right`, inside your function, is all that is left.
# </details>
#
# <details><summary>Common errors</summary>
#
# Only one axis flipped. Transposed (`w.T`) instead of flipped. The image flipped instead of the filter. With indices:
# `x[i - m, j - n]` leaves the window, which begins at `x[i, j]`.
# </details>


# %% answer true_convolution2d
def true_convolution2d(x, w):
    """Convolve an image of one channel with a filter, as mathematics does: the filter is flipped.

    Parameters
    ----------
    x : ndarray (H, W), float
        The image.
    w : ndarray (F, F), float
        The filter.

    Returns
    -------
    ndarray (H - F + 1, W - F + 1), float
        The valid part: places where the filter lies inside the image.

    Raises
    ------
    ValueError
        If the filter is higher or wider than the image.
    """
    ### BEGIN SOLUTION
    flipped = w[::-1, ::-1]

    def score(window):
        return np.sum(window * flipped)

    return slide(x, len(w), score)
    ### END SOLUTION


# %%
stamped = true_convolution2d(point, counting)
figures.number_grids({"w": counting, "convolution": stamped})  # the filter, as it is?

# %% check true_convolution2d

# %% exam true_convolution2d

# %% [markdown]
# For a filter that is its own flip, such as `blur`, the two are the same. For `vertical` only the sign differs:

# %%
print("blur:    ", np.allclose(true_convolution2d(grey, blur), correlate2d(grey, blur)))
print("vertical:", np.allclose(true_convolution2d(grey, vertical), -correlate2d(grey, vertical)))

# %% [markdown]
# ## 5. A filter as deep as its image
# *14 minutes*
#
# A colour image is a **volume**, H x W x C. A filter always spans its full depth: F x F x C. It still moves in two
# directions only, so one filter still gives *one* flat map. The sum now runs over the channels, too:
#
# $$Y_{ij} = \sum_{m=0}^{F-1} \sum_{n=0}^{F-1} \sum_{p=0}^{C-1} W_{mnp}\, X_{i+m,\; j+n,\; p}$$
#
# with $i = 0, \dots, H-F$ and $j = 0, \dots, W-F$ as before, and $p$ up to $C - 1$ (the lecture writes $n_c$: one too
# many).

# %% [markdown]
# Step by step, for a 5x5x3 volume of small numbers and a 3x3x3 filter with bias 1. Each channel has its own slice of
# the filter and gives a sum; the three sums and the bias make one entry of the map.

# %%
rng = np.random.default_rng(3)
volume = rng.integers(0, 3, (5, 5, 3)).astype(float)
deep = rng.integers(-1, 2, (3, 3, 3)).astype(float)
figures.volume_filter(volume, deep, 1.0)

# %%
figures.volume_filter_still(volume, deep, 1.0, place=(0, 1))

# %% [markdown]
# Check the ringed entry: the three sums, and the bias.

# %%
sums = [float(np.sum(volume[0:3, 1:4, p] * deep[:, :, p])) for p in range(3)]
print(sums, "+ 1 =", sum(sums) + 1)

# %% [markdown]
# **Exercise `correlate_volume`** · 2 points · difficulty 2/5 · about 8 minutes
#
# One filter, full depth, no bias. What counts: 3x3 filters on square images (1), any sizes and depth (½), inputs
# unchanged (½).
#
# <details><summary>Hint</summary>
#
# A window that `slide` cuts out keeps all channels: its shape is (F, F, C), like the filter's. Very little changes from
# one channel to several.
# </details>
#
# <details><summary>Common errors</summary>
#
# A map for each channel instead of their sum. A fixed depth of 3.
# </details>


# %% answer correlate_volume
def correlate_volume(x, w):
    """Slide one filter over an image of several channels.

    Parameters
    ----------
    x : ndarray (H, W, C), float
        The image.
    w : ndarray (F, F, C), float
        The filter, as deep as the image.

    Returns
    -------
    ndarray (H - F + 1, W - F + 1), float
        One map.
    """
    ### BEGIN SOLUTION
    if w.shape[2] != x.shape[2]:
        raise ValueError(f"a filter of depth {w.shape[2]} does not fit on an image of depth {x.shape[2]}")

    def score(window):
        return np.sum(window * w)

    return slide(x, len(w), score)
    ### END SOLUTION


# %%
correlate_volume(volume, deep) + 1  # the map of the animation?

# %% check correlate_volume

# %% exam correlate_volume

# %% [markdown]
# The lecture's numbers: one 5x5x3 filter on a 32x32x3 image. With weights +1 for green and blue and -2 for red, all
# over 75, it looks for places that are more green and blue than red.

# %%
not_red = np.ones((5, 5, 3)) * np.array([-2.0, 1.0, 1.0]) / 75
answer = correlate_volume(image, not_red)
print(image.shape, "->", answer.shape)
figures.pictures({"image": image, "not red": answer})

# %% [markdown]
# A colour detector of 75 weights. The map is 28x28: 32 - 5 + 1 = 28. As the lecture draws it, with the filter as a
# small block inside the image, and the one number that it gives:

# %%
figures.volume_boxes([(32, 32, 3), (28, 28, 1)], ["one 5x5x3\nfilter"], filters=[5])

# %% [markdown]
# ## 6. Many filters make a new image
# *21 minutes*
#
# One filter asks one question. Now a *second* filter, which the lecture draws in green. Ours asks for green, more than
# red and blue. It slides over the same image and gives a map of its own:

# %%
green = np.ones((5, 5, 3)) * np.array([-1.0, 2.0, -1.0]) / 75
second = correlate_volume(image, green)
print(f"not red: highest {answer.max():.2f}   green: highest {second.max():.2f}")
figures.activation_maps(np.dstack([answer, second]), ["not red", "green"])

# %% [markdown]
# Laid on top of each other, the two maps are one volume of depth 2:

# %%
print(np.dstack([answer, second]).shape)
figures.volume_boxes([(32, 32, 3), (28, 28, 2)], ["two 5x5x3\nfilters"], filters=[5])

# %% [markdown]
# A **convolution layer** has K such filters of the same size, each with its own bias, and lays their maps on top of
# each other:
#
# $$Y_{ijk} = \sum_{m=0}^{F-1} \sum_{n=0}^{F-1} \sum_{p=0}^{C-1} W_{mnpk}\, X_{i+m,\; j+n,\; p} + b_k
# \qquad k = 0, \dots, K-1$$
#
# Six 5x5x3 filters turn 32x32x3 into a "new image" of 28x28x6. Its channels are no longer colours, but answers.

# %%
figures.volume_boxes([(32, 32, 3), (28, 28, 6)], ["six 5x5x3\nfilters"], filters=[5])

# %% [markdown]
# All filters live in one array of shape (F, F, C, K): `w[..., k]` is filter k. The channels of the result come last,
# as in the image. A tiny example: a 1x1 image has one place only, so each filter gives one number.

# %%
pixel = np.array([[[1.0, 2.0]]])  # (1, 1, 2): one pixel, two channels
w = np.array([[[[1.0, 0.0, 3.0], [0.0, 1.0, -1.0]]]])  # (1, 1, 2, 3): three filters
[float(np.sum(pixel * w[..., k])) for k in range(3)]

# %% [markdown]
# By hand: filter 0 takes the first channel, filter 1 the second, and filter 2 gives $3 \cdot 1 - 1 \cdot 2 = 1$. With
# $b = (10, 20, 30)$ the new pixel is (11, 22, 31). Yes: that is a fully connected layer for one pixel. Lesson 03 comes
# back to it.

# %% [markdown]
# **Exercise `conv_layer`** · 3 points · difficulty 3/5 · about 12 minutes
#
# The layer for one image, bias included. What counts: several 3x3 filters on square images (1½), any sizes,
# depth and number of filters (1), inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# In one window, each filter gives one number: an array of K sums, to which `b` is added. `slide` takes such a row of K
# numbers as well as a single one.
# </details>
#
# <details><summary>Common errors</summary>
#
# The bias forgotten, or `b[0]` for all. `total = b` followed by `total += ...` changes `b` itself. Maps first, (K,
# H', W'), instead of last. ReLU is not part of this layer.
# </details>


# %% answer conv_layer
def conv_layer(x, w, b):
    """Apply a convolution layer to one image.

    Parameters
    ----------
    x : ndarray (H, W, C), float
        The image.
    w : ndarray (F, F, C, K), float
        K filters.
    b : ndarray (K,), float
        One bias per filter.

    Returns
    -------
    ndarray (H - F + 1, W - F + 1, K), float
        y[:, :, k] is the map of filter k.
    """
    ### BEGIN SOLUTION
    size, _, depth, filters = w.shape
    if depth != x.shape[2]:
        raise ValueError(f"filters of depth {depth} do not fit on an image of depth {x.shape[2]}")

    def scores(window):
        return np.array([np.sum(window * w[..., k]) for k in range(filters)]) + b

    return slide(x, size, scores)
    ### END SOLUTION


# %%
conv_layer(pixel, w, np.array([10.0, 20.0, 30.0]))  # 11, 22, 31?

# %% check conv_layer

# %% exam conv_layer

# %% [markdown]
# Six filters with a meaning: each looks for an edge in another direction. Their weights grow along that direction, the
# same in all three channels. (`np.mgrid` gives the row and the column of each place, here counted from the middle.)

# %%
rows, columns = np.mgrid[-2:3, -2:3]
angles = np.arange(0, 360, 60)
slopes = [np.cos(a) * columns + np.sin(a) * rows for a in np.radians(angles)]
six = np.repeat(np.stack(slopes, axis=-1)[:, :, None, :], 3, axis=2) / 75
six.shape

# %%
maps = conv_layer(image, six, np.zeros(6))
print(image.shape, "->", maps.shape)
figures.activation_maps(maps, [f"{a} degrees" for a in angles])

# %% [markdown]
# Each map lights up on another side of the ring. Opposite directions give the same map with the opposite sign, so
# after ReLU, $\max(0, \cdot)$, each of the two keeps its own side.
#
# A ConvNet is just that: convolution layers with activation functions between them, in the lecture's notation [INPUT -
# CONV - RELU - CONV - RELU]. The second layer's filters are as deep as the new image, here 5x5x6, and they look for
# patterns *of edges*.

# %%
ten = np.random.default_rng(0).normal(0, 0.1, (5, 5, 6, 10))
deeper = conv_layer(np.maximum(maps, 0), ten, np.zeros(10))
print("opposite directions:", np.allclose(maps[:, :, 0], -maps[:, :, 3]))
shapes = [image.shape, maps.shape, deeper.shape]
figures.volume_boxes(shapes, ["six 5x5x3\nfilters, ReLU", "ten 5x5x6\nfilters, ReLU"], filters=[5, 5])

# %% [markdown]
# 32, 28, 24: each layer takes four rows and columns away. That is too fast for a deep net; lesson 03 has the cure.
#
# The price so far, weights and biases of both layers together, and what a single fully connected layer from 32x32x3 to
# 24x24x10 numbers would need:

# %%
conv_parameters = (5 * 5 * 3 + 1) * 6 + (5 * 5 * 6 + 1) * 10
print(f"{conv_parameters:,} against {(image.size + 1) * deeper.size:,}")

# %%
figures.guess(
    "larger image",
    "The images become twice as wide and twice as high, 64x64x3. How many parameters do the two layers need now?",
    {"a": "four times as many", "b": "twice as many", "c": "just as many"},
    mine=None,  # write your letter and run the cell
)

# %%
large = np.zeros((64, 64, 3))
larger_map = conv_layer(large, six, np.zeros(6))
print(f"{six.size + 6} parameters of the first layer make {larger_map.shape}, too")
figures.answer("larger image", "c")

# %% [markdown]
# ## 7. A whole batch, one product per place
# *20 minutes*
#
# Nets are trained on batches, arrays (N, H, W, C). A loop over images, rows, columns and filters is slow in Python.
# But look at *one place* (i, j) and all N images there. Each image has a window of F·F·C numbers: lay it out as a
# row. Each filter has as many weights: lay it out as a column. All scores of this place are then one matrix product,
# and the bias is added to each row:
#
# $$Y_{:,i,j,:} = X_{\text{windows}}\; W_{\text{columns}} + b$$

# %%
figures.matrix_product((8, 75), (75, 6), rows="images", inner="numbers in the window", columns="filters")

# %% [markdown]
# `reshape` lays out both, in the same order: row by row, column by column, channel by channel.

# %%
batch = images[:8]
windows = batch[:, 4:9, 16:21]
rows, columns = windows.reshape(8, -1), six.reshape(-1, 6)
scores = rows @ columns
print(f"{windows.shape}: {rows.shape} @ {columns.shape} = {scores.shape}")

# %% [markdown]
# Eight images, six answers each, at one place. Two loops over the places do the rest.
#
# **Exercise `conv_batch`** · 3 points · difficulty 3/5 · about 10 minutes
#
# What counts: several images and 3x3 filters (1½), any sizes and numbers (1), inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# `y[:, i, j]` has the shape (N, K): just what one product gives. The filters need their reshape only once, before the
# loops.
# </details>
#
# <details><summary>Common errors</summary>
#
# `w.reshape(K, -1)` mixes the filters: K is the *last* axis, so it stays last. The same for `reshape(-1, N)` and
# images. `w.shape = ...` changes the filters that were handed in.
# </details>


# %% answer conv_batch
def conv_batch(x, w, b):
    """Apply a convolution layer to a batch of images.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
        The images.
    w : ndarray (F, F, C, K), float
        K filters.
    b : ndarray (K,), float
        One bias per filter.

    Returns
    -------
    ndarray (N, H - F + 1, W - F + 1, K), float
    """
    ### BEGIN SOLUTION
    count, height, width, depth = x.shape
    size, _, filter_depth, filters = w.shape
    if size > height or size > width or filter_depth != depth:
        raise ValueError(f"filters of shape {w.shape} do not fit on images of shape {x.shape}")
    columns = w.reshape(-1, filters)
    y = np.zeros((count, height - size + 1, width - size + 1, filters))
    for i in range(y.shape[1]):
        for j in range(y.shape[2]):
            y[:, i, j] = x[:, i : i + size, j : j + size].reshape(count, -1) @ columns + b
    return y
    ### END SOLUTION


# %%
b = np.zeros(6)
y = conv_batch(batch, six, b)
y.shape, bool(np.allclose(y[:, 4, 16], scores))

# %% check conv_batch

# %% exam conv_batch

# %% [markdown]
# Does it agree with the layer for one image? And how much faster is it? (The times differ from machine to machine.)

# %%
bool(np.allclose(y[3], conv_layer(batch[3], six, np.zeros(6))))

# %% varies long unkept
start = time.perf_counter()
for one in batch:
    conv_layer(one, six, np.zeros(6))
middle = time.perf_counter()
conv_batch(batch, six, np.zeros(6))
end = time.perf_counter()
print(f"window by window, filter by filter: {1000 * (middle - start) / 8:6.2f} ms per image")
print(f"place by place, one product each:   {1000 * (end - middle) / 8:6.2f} ms per image")

# %% [markdown]
# ### A hunt
#
# For fun, and worth no points. Someone else has written the layer, too. On grey images it is right, on colour images it
# is not. Which line is wrong? You have what you need: `conv_batch` to compare with, images with a single bright pixel,
# and shapes to print. Change the code until the second line says True.


# %%
def hunted(x, w, b):
    count, height, width = x.shape[:3]
    size, filters = len(w), w.shape[3]
    columns = w.transpose(2, 0, 1, 3).reshape(-1, filters)
    y = np.zeros((count, height - size + 1, width - size + 1, filters))
    for i in range(height - size + 1):
        for j in range(width - size + 1):
            y[:, i, j] = x[:, i : i + size, j : j + size].reshape(count, -1) @ columns + b
    return y


# %%
grey_batch, grey_filters = batch[:, :, :, :1], six[:, :, :1]
print("grey:  ", np.allclose(hunted(grey_batch, grey_filters, b), conv_batch(grey_batch, grey_filters, b)))
print("colour:", np.allclose(hunted(batch, six, b), conv_batch(batch, six, b)))

# %% [markdown]
# <details><summary>A first step</summary>
#
# One bright pixel in one channel: `dot = np.zeros((1, 3, 3, 2)); dot[0, 0, 0, 1] = 1`. With a filter whose weights are
# counted, `np.arange(18.0).reshape(3, 3, 2, 1)`, and no bias, the layer gives a single number: the weight that this
# pixel met. It should be `w[0, 0, 1, 0]`, which is 1.
# </details>
#
# <details><summary>What was wrong</summary>
#
# It gives 2, and that is `w[0, 1, 0, 0]`. The windows are laid out pixel by pixel, each with its channels; the
# `transpose` lays out the filters channel by channel. Both have F·F·C numbers, so nothing complains. With one channel
# the two orders are the same. The cure is `columns = w.reshape(-1, filters)`.
# </details>

# %% [markdown]
# You have built the layer. From now on the course's own version does the work: `cs_utils.layers.conv2d`, the same
# numbers, faster still. Its source is open to you.
#
# **A word on other books.** Here arrays are (N, H, W, C), channels last, and filters (F, F, C, K). PyTorch puts
# channels first: (N, C, H, W), "NCHW", and filters (K, C, F, F). Same numbers, other order of axes. `np.moveaxis(x,
# -1, 1)` takes a batch from ours to theirs.

# %%
from cs_utils.layers import conv2d

print("same numbers:", np.allclose(conv2d(batch, six, np.zeros(6)), y))
print("channels last:", batch.shape, "  channels first:", np.moveaxis(batch, -1, 1).shape)

# %% [markdown]
# ## 8. A filter can be learned
# *14 minutes*
#
# We *know* what `vertical` makes of the image. Could a filter of nine random numbers find that out from the map
# alone? Measure how wrong its map $Y$ is, by the mean squared error against the wanted map $T$, and walk downhill:
#
# $$L = \frac{1}{n} \sum_{i,j} (Y_{ij} - T_{ij})^2
# \qquad \frac{\partial L}{\partial W_{mn}} = \frac{2}{n} \sum_{i,j} (Y_{ij} - T_{ij})\, X_{i+m,\; j+n}$$
#
# On the right is the **gradient**: how much $L$ grows with each weight. A step against it makes $L$ smaller. And look
# at its form: a sum of numbers times a shifted image. It is itself a correlation, of the image with the error!

# %%
learned = np.random.default_rng(0).normal(0, 0.1, (3, 3))
correlate2d(grey, learned).shape

# %% [markdown]
# So the error is 30x30, too. It slides over the 32x32 image like a large filter and finds nine places: one for each
# weight.
#
# **Your turn** · worth no points, but this is what all of deep learning is made of. Fill in three lines: the error of
# the map, the gradient, and `better`, the filter after a step against the gradient, `rate` times as long.
#
# <details><summary>Hint</summary>
#
# Both sums are calls of `correlate2d`, one with the filter, one with the error. And $n$ is how many numbers the error
# has: `error.size`.
# </details>


# %% task step_downhill
def step_downhill(learned, x, wanted, rate=0.5):
    """Return the filter after one step, and the mean squared error before it.

    `learned` is a filter (F, F), `x` an image, `wanted` the map that the filter should give.
    """
    ### BEGIN SOLUTION
    error = correlate2d(x, learned) - wanted
    gradient = 2 / error.size * correlate2d(x, error)
    better = learned - rate * gradient
    ### END SOLUTION
    return better, np.mean(error**2)


# %% [markdown]
# Does a single step make the map less wrong?

# %%
better, loss = step_downhill(learned, grey, edges)
print(f"loss {loss:.4f}, after one step {step_downhill(better, grey, edges)[1]:.4f}")

# %% [markdown]
# Now 300 steps, with a snapshot after steps 10, 50 and 300.

# %% long
snapshots = {"start": learned}
for step in range(1, 301):
    learned, loss = step_downhill(learned, grey, edges)
    if step in (10, 50, 300):
        snapshots[f"step {step}"] = learned
        print(f"step {step:3}: loss before it {loss:.5f}")

# %% long
away = {title: np.abs(w - vertical).max() for title, w in snapshots.items()}
print("farthest weight from `vertical`:", {title: f"{largest:.3f}" for title, largest in away.items()})
figures.number_grids({title: w.round(2) for title, w in snapshots.items()}, fontsize=7)

# %% [markdown]
# From noise to the edge filter, without being told what an edge is. Not exactly: after 300 steps the worst weight is
# still off by 0.024, and every further step brings it closer.
#
# A ConvNet does this with all its filters at once, and nobody gives it the wanted maps: only the wanted class. How the
# gradient finds its way back through the layers is lesson 05.

# %% [markdown]
# ## 9. Shift the image, shift the map
# *5 minutes*
#
# One filter serves all places. What if the ring moves? We cut two pieces out of the image. The second begins 3 rows
# lower and 2 columns further right, so in it everything lies 3 rows higher and 2 columns further left.

# %%
piece, moved = grey[0:28, 0:28], grey[3:31, 2:30]
map_of_piece, map_of_moved = correlate2d(piece, vertical), correlate2d(moved, vertical)
pieces = {"piece": piece, "moved": moved}
figures.pictures(pieces | {"map of piece": map_of_piece, "map of moved": map_of_moved})

# %% [markdown]
# The map has moved by just as much. Not roughly: where both maps see the same windows, they hold the same numbers.

# %%
bool(np.allclose(map_of_piece[3:, 2:], map_of_moved[:-3, :-2], rtol=0, atol=1e-12))

# %% [markdown]
# This is called **translation equivariance**: shift the input, and the output shifts with it. A fully connected layer
# has nothing like it. What it learned about a ring in the upper left says nothing about a ring in the lower right,
# because other weights look there.

# %% [markdown]
# ## 10. Why share weights?
# *10 minutes*
#
# **Exercise `why_share_weights`** · 2 points · difficulty 2/5 · read by a person
#
# A layer on 32x32x3 images is to give 30x30x10 maps, each value from a 3x3x3 window. In a convolution layer all
# places share one set of filters. In a *locally connected* layer each place has filters and biases of its own.
#
# 1. How many parameters does each have? Show how you count.
# 2. Give one reason, besides the number, why sharing helps with photos, and one kind of image for which you would
#    rather not share. Four to six sentences.

# %% written why_share_weights [markdown]
# **Parameters.** A filter has 3·3·3 = 27 weights and a bias, 28 parameters. The convolution layer has ten filters:
# 10 · 28 = 280. The locally connected layer has that many at each of 30·30 = 900 places: 900 · 280 = 252,000.
#
# **Why share.** An edge or an eye looks the same wherever it is, so a detector that is useful at one place is useful
# at all. With shared weights every place of every image teaches the same filter, so far fewer images are needed;
# and what was learned in one corner works in all others: a shifted image gives a shifted map.
#
# **When not.** When the place itself has a meaning and all images are aligned: passport photos with the eyes always
# at the same height, X-rays in a fixed position, scanned forms. There it may pay to look for different things at
# different places.
#
# === BEGIN MARK SCHEME ===
#
# - ½ point: 280 for the convolution layer, with biases (270 without them: ¼).
# - ½ point: 900 times as many, 252,000 (or the right factor applied to a wrong first number).
# - ½ point: a reason beyond the count: same features at all places, more examples per weight, equivariance.
# - ½ point: aligned images, or another case in which the place matters, with a reason.
#
# === END MARK SCHEME ===

# %% [markdown]
# ## What you have built
#
# - a score for one window, and a filter that slides: `window_score`, `correlate2d`;
# - its flipped sister: `true_convolution2d`;
# - the step to full depth, to many filters and to batches: `correlate_volume`, `conv_layer`, `conv_batch`;
# - and an edge filter that learned itself.
#
# 32x32x3 became 28x28x6 with 456 parameters:

# %%
int(six.size + 6)

# %% [markdown]
# ## Ask yourself
#
# <details><summary>A 7x7 filter slides over a 20x30 image. How large is the map?</summary>
#
# 14x24: 20 - 7 + 1 rows and 30 - 7 + 1 columns.
# </details>
#
# <details><summary>An image has 12 channels, a layer 20 filters of extent 3. What shape has <code>w</code>?</summary>
#
# (3, 3, 12, 20). Filters are always as deep as what they look at.
# </details>
#
# <details><summary>How many channels does the result have, and on what does that depend?</summary>
#
# 20: the number of filters alone.
# </details>
#
# <details><summary>Why may a library call correlation "convolution" without doing harm?</summary>
#
# The weights are learned: it would learn the flipped filter instead and give the same maps.
# </details>

# %%
figures.count_guesses()

# %% [markdown]
# And the lecture's net as it stands: what you have built in this copy of the course is *yours*, the rest is grey.

# %%
figures.growing_net(passed())

# %% [markdown]
# ## Where next
#
# Two things were left open. The maps shrink, 32, 28, 24, and the filter visits every place, even where a coarse look
# would do. **Lesson 03** puts a border of zeros around the image (padding), lets the filter take larger steps (stride),
# and finds the one formula for all sizes.
