# %% [markdown]
# # 01 · The fully connected net
# *Stretch an image to a row of numbers, weigh them, and see how far that gets you.*
#
# When you are through, you will be able to
#
# - turn images into rows of numbers, and rows into scores, for many images at once;
# - say what the weights of a class look like, and what two layers can do that one can't;
# - turn scores into probabilities, and these into one number that says how wrong they are;
# - count parameters, and say what a fully connected net does not know about images.
#
# **Time:** about 115 minutes, in nine sections. **Points:** 10.
# **Builds on:** Python, and NumPy arrays: shapes, slices, `@`. From mathematics: the logarithm.

# %% [markdown]
# Shapes are written as in NumPy. One table for all symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | $n_h \times n_w \times n_c$ | `(H, W, C)` | height, width, channels of an image: here 32, 32, 3 |
# | | `N` | in shapes: the number of images in a batch |
# | $x$ | `x` | an image as a row of D = H·W·C numbers; in a batch (N, D) |
# | $W$ | `w` | weights: $W$ is 10x3072, `w` is (D, M), its transpose |
# | | `b` | biases, (M,): one per class or neuron |
# | $f$ | `scores` | one number per image and class, (N, M) |

# %% given setup
import numpy as np

from cs_utils import figures
from cs_utils.checks import CheckFailed, case, check, passed
from cs_utils.datasets import Dataset, channel_statistics, load_course_dataset, standardize
from cs_utils.datasets.shapes10 import CLASS_NAMES, SHAPES
from cs_utils.model import ConvNet
from cs_utils.training import accuracy, fit, scores_of_images

# %% [markdown]
# ## 1. How this course works
# *6 minutes*
#
# A lesson is a notebook. Read from top to bottom and run each cell, Shift+Enter. Text and figures explain; short
# cells let you look at a number before you go on. Change them, break them, run them again: nothing can be lost.
#
# In between stand **exercises**: functions that you write. Each has three cells.
#
# | cell | what it is for |
# |---|---|
# | answer | your function; write it there and take out the line `raise NotImplementedError(...)` |
# | check | runs your function on a few small cases and says what is wrong |
# | points | stays as it is; at grading, more cases run there |

# %% [markdown]
# What a check says, you can see here. Someone wants to count the parameters of a layer (you will, in section 8), and
# something is missing:

# %%
try:
    check("count_linear_parameters", lambda n_in, n_out: n_in * n_out)
except CheckFailed as message:
    print(message)

# %% [markdown]
# First what was called, then what came back and what was expected, often the reason, and where to look.
#
# The cases of a check are small, so that you can redo them by hand. `case` gives you the inputs of any of them, here of
# the first. 4 numbers in, 3 numbers out: $4 \cdot 3$ weights, and one more number for each output makes 15.

# %%
case("count_linear_parameters", 1)

# %% [markdown]
# The grading has more cases: other sizes, other numbers. Points come in parts, which each exercise lists under "what
# counts".
#
# **If you are stuck:** the figure, the example by hand, the folded *Hint*, the folded *Common errors*, what the check
# says, in this order.
#
# Now and then a lesson asks for a **guess** before you run the cell that answers. Write your letter, run the cell, and
# read on. No points hang on it, and a wrong guess teaches more than a right one.

# %% [markdown]
# **Before you hand in:** save, then press **Validate** in the toolbar. It runs the notebook from the top, in a fresh
# Python, and tells which checks fail. So it also finds what works for you only because of a cell that you have since
# deleted. From a terminal, `python course.py check` runs the same checks.
#
# Two rules hold for all answers. They work for *all* sizes that the text allows, not only for those of the example. And
# they leave what they are given unchanged: return something new.

# %% [markdown]
# ## 2. An image becomes a row of numbers
# *12 minutes*
#
# The task of the whole course: say what a small image shows, one class of ten. CIFAR-10 has 60,000 photos for that.
# If there is no copy on this computer, the course draws images of the same size, called shapes10. Everything works with
# either; the next cell says which you have.

# %%
dataset = load_course_dataset()
print(dataset)
names = dataset.class_names
some_names = [names[label] for label in dataset.train_labels[:10]]
figures.contact_sheet(dataset.train_images[:10], some_names)

# %% [markdown]
# An image is a block of bytes, 0 to 255: 32 rows of 32 pixels, and in each pixel three **channels**, red, green and
# blue. The **label** is the number of its class.

# %%
image, label = dataset.train_images[0], dataset.train_labels[0]
image.shape, image.dtype, names[label]

# %% [markdown]
# A batch of images is an array (N, H, W, C): which image, which row, which column, which channel. Always in this
# order, with the channels last. (PyTorch puts them second: (N, C, H, W). Same numbers, other order.)

# %%
dataset.train_images.shape

# %% [markdown]
# The simplest thing a net can do with an image is to forget that it is one. It reads the pixels as you read a page,
# row by row, in each row from left to right, and in each pixel red, green, blue. So a 32x32x3 image is stretched to a
# row of 3072 numbers:

# %%
print("32 * 32 * 3 =", 32 * 32 * 3)
figures.image_to_vector(image)

# %% [markdown]
# By hand, with one image of 2 rows, 2 columns and 3 channels, whose numbers tell where they stand: hundreds for the
# row, tens for the column, ones for the channel.

# %%
tiny = np.array([[[0, 1, 2], [10, 11, 12]], [[100, 101, 102], [110, 111, 112]]]) + 0.0
print(tiny[1, 0], "is the pixel in row 1, column 0")
tiny.ravel()

# %% [markdown]
# Where does the number of row $i$, column $j$, channel $c$ end up? Before it come $i$ whole rows of $W$ pixels and $j$
# pixels of its own row, each with $C$ numbers, and then $c$ more:
#
# $$d = (i\,W + j)\,C + c$$
#
# For row 1, column 0, channel 2 of the tiny image that is $(1 \cdot 2 + 0) \cdot 3 + 2 = 8$.

# %%
i, j, c = 1, 0, 2
d = (i * 2 + j) * 3 + c
print(f"number {d} of the row is {tiny.ravel()[d]:.0f}")

# %% [markdown]
# **Exercise `flatten`** · 1 point · difficulty 1/5 · about 5 minutes
#
# Stretch each image of a batch to a row. What counts: any number, size and depth of images, input unchanged (1).
#
# <details><summary>Hint</summary>
#
# NumPy stores arrays in just this order. `a.reshape(rows, columns)` gives the same numbers a new shape, and for one of
# the two you may write -1: "whatever is left".
# </details>
#
# <details><summary>Common errors</summary>
#
# `reshape(-1)` makes one row of the whole batch. `reshape(-1, N)` mixes images: N is the number of *rows*. A fixed
# 3072 works for one size of image only.
# </details>


# %% answer flatten
def flatten(images):
    """Stretch each image of a batch to a row of numbers.

    Parameters
    ----------
    images : ndarray (N, H, W, C), float

    Returns
    -------
    ndarray (N, H * W * C), float
        Row n is image n, in the order row, column, channel.
    """
    ### BEGIN SOLUTION
    return images.reshape(len(images), -1)
    ### END SOLUTION


# %%
flatten(np.array([tiny, tiny + 1000])).astype(int)  # two rows of 12, the second from 1000 on?

# %% check flatten

# %% exam flatten

# %% [markdown]
# Nothing is lost: given H, W and C, the row can be folded back. But look where the neighbours of the first pixel end
# up, the one to its right and the one *below*:

# %%
width, channels = 32, 3
right = (0 * width + 1) * channels
below = (1 * width + 0) * channels
print(f"{right} numbers away: to the right.   {below} numbers away: below.")

# %% [markdown]
# ## 3. A score for each class
# *18 minutes*
#
# Now weigh the numbers. One **neuron** has a weight for each of them, and a bias $b$. It multiplies number by weight,
# adds everything up, and adds the bias:
#
# $$f = \sum_{d=0}^{D-1} w_d\, x_d + b$$
#
# A positive weight says "the brighter this pixel, the more I believe in my class", a negative one the opposite. Ten
# neurons, one per class, give ten **scores**; the class with the highest score wins. Together they are a **fully
# connected layer**: each neuron looks at the full input.

# %%
figures.neurons({"numbers": 3072, "scores": 10})

# %% [markdown]
# By hand: a grey image of 2x2 pixels, bright on the diagonal, and three classes. "diagonal" wants the diagonal
# bright and the rest dark, "top" the upper row, "left" the left column. "top" is a little more common, so its bias
# is ½.

# %%
x = np.array([[1.0, 0.0, 0.0, 1.0]])
W = np.array([[1.0, -1, -1, 1], [1, 1, -1, -1], [1, -1, 1, -1]])
b = np.array([0.0, 0.5, 0.0])
panels = [x[0], *W]
names_2x2 = ["image", "diagonal", "top", "left"]
squares = [panel.reshape(2, 2) for panel in panels]
figures.number_grids(dict(zip(names_2x2, squares, strict=True)))

# %% [markdown]
# "diagonal" gets $1 \cdot 1 + 0 \cdot (-1) + 0 \cdot (-1) + 1 \cdot 1 + 0 = 2$.
#
# "top" gets $1 \cdot 1 + 0 \cdot 1 + 0 \cdot (-1) + 1 \cdot (-1) + ½ = ½$.
#
# And "left"? Work it out before you run the cell.

# %%
for name, weights, bias in zip(names_2x2[1:], W, b, strict=True):
    print(f"{name:9} {np.sum(weights * x[0]) + bias}")

# %% [markdown]
# The lecture puts the weights of all classes into one matrix, one *row* per class, and writes the image as a column:
#
# $$f = W x + b \qquad W: 10 \times 3072$$
#
# In code we have many images, and each is a *row*. So the weights of a class stand in a *column*: `w` is (3072, 10),
# and the product is the other way round: `x @ w + b`. `w` is the lecture's $W$ transposed, and the scores are the same:

# %%
w = W.T
print("W x + b:   ", W @ x[0] + b)
print("x @ w + b: ", (x @ w + b)[0])

# %% [markdown]
# For a batch, one matrix product gives all scores at once, and `+ b` adds the same biases to each row.

# %%
figures.matrix_product((8, 3072), (3072, 10), rows="images", inner="numbers", columns="classes")

# %% [markdown]
# **Exercise `linear`** · 2 points · difficulty 2/5 · about 8 minutes
#
# Write $x\,w + b$ for a batch. What counts: a score for each image and class (1), any sizes (½), inputs unchanged
# (½).
#
# <details><summary>Hint</summary>
#
# `@` multiplies matrices, and by itself refuses most of what doesn't fit. One thing it can't see is how many biases
# there are. `b.shape` tells you, if you want to refuse a wrong number, too.
# </details>
#
# <details><summary>Common errors</summary>
#
# `w.T`: it is transposed already. A single bias for several classes: NumPy repeats it without a word. Loops over every
# number are right, but later cells take long with them; and in a loop `total = b`, then `total += ...`, changes `b`.
# </details>


# %% answer linear
def linear(x, w, b):
    """Apply a fully connected layer to a batch.

    Parameters
    ----------
    x : ndarray (N, D), float
        One row per image.
    w : ndarray (D, M), float
        Weights: one column per class or neuron.
    b : ndarray (M,), float
        One bias for each column of w.

    Returns
    -------
    ndarray (N, M), float
        y[n, m] is the score of image n for class m.
    """
    ### BEGIN SOLUTION
    if x.shape[1] != w.shape[0] or b.shape != (w.shape[1],):
        raise ValueError(f"x {x.shape}, w {w.shape} and b {b.shape} do not fit together")
    return x @ w + b
    ### END SOLUTION


# %%
linear(x, w, b)  # 2, 0.5, 0, as by hand?

# %% check linear

# %% exam linear

# %% [markdown]
# ## 4. What a layer knows: templates
# *16 minutes*
#
# A class has as many weights as an image has numbers, so its weights can be looked at as an image. The score is a dot
# product, a sum of products: the more an image looks like the weights, the higher it gets. So the weights of a class
# are its **template**.

# %% [markdown]
# To see that, we draw images for which it works well: the ten shapes of shapes10, in grey, each in the middle, light on
# dark. The course keeps a shape as a function that says how far a pixel lies *outside* its outline, in pixels; inside,
# the distance is negative. For a disc of radius 10: the distance from the centre, minus 10. `across` and `down` say
# where each pixel lies, seen from the centre.

# %%
axis = np.arange(32) - 15.5
across, down = np.meshgrid(axis, axis)
disc = SHAPES[0]
print(f"{disc(across, down, 10.0)[16, 16]:.1f} at the centre, {disc(across, down, 10.0)[16, 31]:.1f} at the right edge")

# %% [markdown]
# A `stencil` is 1 on the shape, where the distance is negative, and -1 around it:

# %%
stencils = np.array([np.where(shape(across, down, 10.0) < 0, 1.0, -1.0) for shape in SHAPES])
print(stencils.shape)
figures.pictures({CLASS_NAMES[k]: stencils[k] for k in range(5)})

# %% [markdown]
# Too easy? We add noise, twice as strong as the shape itself. Two more difficulties come later: a `shift`, by up to so
# many pixels in each direction, and images that are `light_or_dark`, about half of them dark on light.


# %%
def draw(seed, shift=0, light_or_dark=False):
    """Return 1000 noisy images (1000, 32, 32, 1) and their labels (1000,)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, 1000)
    clean = stencils[labels]
    if light_or_dark:
        clean = clean * rng.choice([-1.0, 1.0], (1000, 1, 1))
    moves = rng.integers(-shift, shift + 1, (1000, 2))
    pairs = zip(clean, moves, strict=True)
    moved = np.array([np.roll(one, move, axis=(0, 1)) for one, move in pairs])
    return (moved + 2 * rng.normal(size=moved.shape))[..., None], labels


# %%
images, labels = draw(seed=0)
figures.pictures({CLASS_NAMES[labels[n]]: images[n, :, :, 0] for n in range(4)})

# %% [markdown]
# Where do templates come from? In a net they are *learned*, as lessons 05 and 06 show. Here the simplest idea will do:
# the template of a class is the **average** of its images. The noise averages out.

# %%
averages = np.array([flatten(images)[labels == k].mean(axis=0) for k in range(10)])
figures.templates(averages.T.reshape(32, 32, 1, 10), CLASS_NAMES)

# %% [markdown]
# The template $t$ that is nearest to an image $x$ should win. Its squared distance is
#
# $$|x - t|^2 = |x|^2 - 2\, x \cdot t + |t|^2$$
#
# $|x|^2$ is the same for all classes. So the nearest template is the one with the largest $x \cdot t - ½ |t|^2$: a
# linear score, with $w = t$ and $b = -½ |t|^2$. A template that is bright all over gets a lower bias, to be fair.

# %%
w_average, b_average = averages.T, -0.5 * np.sum(averages**2, axis=1)
w_average.shape, b_average.shape

# %% [markdown]
# Now 1000 *new* images, with other noise. Which fraction does your layer get right? Guessing would give 0.1.

# %%
new_images, new_labels = draw(seed=1)
scores = linear(flatten(new_images), w_average, b_average)
float(np.mean(scores.argmax(axis=1) == new_labels))

# %% [markdown]
# All of them, through noise in which you and I have to look twice. Here are the scores of one image, divided by 100;
# the hatched bar is the right class:

# %%
figures.class_bars({"score / 100": scores[0] / 100}, CLASS_NAMES, mark=int(new_labels[0]))

# %% [markdown]
# Now the two difficulties, one at a time. The templates are averages again, this time of 1000 images that have the same
# difficulty.


# %%
def by_averages(**difficulty):
    """Return the templates, and the fraction of new images that they get right."""
    (x, labels), (new_x, new_labels) = draw(seed=0, **difficulty), draw(seed=1, **difficulty)
    t = np.array([flatten(x)[labels == k].mean(axis=0) for k in range(10)])
    scores = linear(flatten(new_x), t.T, -0.5 * np.sum(t**2, axis=1))
    return t.T.reshape(32, 32, 1, 10), float(np.mean(scores.argmax(axis=1) == new_labels))


# %%
shifted, right = by_averages(shift=4)
print(f"shifted by up to 4 pixels: {right:.2f}   by up to 8: {by_averages(shift=8)[1]:.2f}")
figures.templates(shifted, CLASS_NAMES)

# %% [markdown]
# A template stays where it is, and asks for light at *these* pixels. A shape that may stand anywhere gives a blurred
# average. That still helps, but less and less.
#
# Now the other difficulty: shapes in the middle again, but light on dark or dark on light.

# %%
figures.guess(
    "light or dark",
    "The images of each class are now half light on dark, half dark on light, and its template is the average of all "
    "of them. Which fraction of new images will the layer get right?",
    {"a": "about 1: the shapes are still in the middle", "b": "about 0.5: one of the two kinds", "c": "about 0.1"},
    mine=None,  # write your letter, "a", "b" or "c", and run the cell
)

# %%
mixed, right = by_averages(light_or_dark=True)
print(f"light or dark: {right:.2f}")
figures.templates(mixed, CLASS_NAMES)

# %%
figures.answer("light or dark", "c")

# %% [markdown]
# Light and dark images of a class cancel in their average. What is left is chance: a few more of the one kind than of
# the other.
#
# Is there a better choice? Take the templates from before, those of light shapes, and let them judge the light images,
# and then the very same images with light and dark exchanged:

# %%
exchanged = linear(flatten(-new_images), w_average, b_average)
print(f"light: {np.mean(scores.argmax(axis=1) == new_labels):.3f} right")
print(f"dark:  {np.mean(exchanged.argmax(axis=1) == new_labels):.3f} right")
print(f"dark:  {np.mean(exchanged.argmin(axis=1) == new_labels):.3f} have the LOWEST score at the right class")

# %% [markdown]
# Every light image is right, every dark one as wrong as can be. On a mixture of both, that makes about one half:

# %%
x_mixed, labels_mixed = draw(seed=1, light_or_dark=True)
scores_mixed = linear(flatten(x_mixed), w_average, b_average)
float(np.mean(scores_mixed.argmax(axis=1) == labels_mixed))

# %% [markdown]
# Much better than averages, but no choice of ten templates gets much further. Exchanging light and dark turns $x$ into
# $-x$, and the score $w_k \cdot x + b_k$ into $-w_k \cdot x + b_k$. For class $k$ to win against class $j$ both times,
#
# $$b_k - b_j > |(w_k - w_j) \cdot x|$$
#
# must hold: its bias must be larger. That can hold against *all* other classes for one class only, the one with the
# largest bias. All others get at most one image of each such pair right. With ten classes, that is at best
# $(9 \cdot ½ + 1) / 10 = 0.55$. This is where one layer ends.

# %% [markdown]
# **Now you.** Paint a template and watch the scores. Can you lift the ring above the disc? And is there a template
# under which the disc *and* the dark disc score above 0?

# %%
noisy = images[labels == 0][0, :, :, 0]
shown = {"disc": stencils[0], "ring": stencils[1], "dark disc": -stencils[0], "noisy disc": noisy}
figures.live_template(shown, averages[0].reshape(32, 32))

# %% [markdown]
# ## 5. Two layers
# *16 minutes*
#
# Two templates per class would do, one light, one dark, and then "*this one or that one*". So: a first layer with
# more neurons than classes, and a second layer that takes *their* outputs for its input. Between them stands the
# simplest function whose graph is not a straight line: negative numbers become 0.
#
# $$f = W_2 \max(0,\; W_1 x)$$
#
# and with biases, in our order, `max(0, x @ w1 + b1) @ w2 + b2`. The numbers between the layers are called **hidden**.
# $\max(0, \cdot)$ is applied to each hidden number by itself. It is also called ReLU.

# %%
figures.neurons({"numbers": 3072, "hidden": 100, "scores": 10})

# %% [markdown]
# By hand, with a single pixel: a score for "not grey", which should be 1 for white (1) *and* for black (-1), and 0 for
# grey (0). One layer, $w x + b$, can't do that. Two hidden neurons can: one with weight 1, one with weight -1.

# %%
pixels = np.array([[1.0], [0.0], [-1.0]])
hidden = np.maximum(0, pixels @ np.array([[1.0, -1.0]]))
figures.number_grids({"x": pixels, "hidden": hidden, "sum": hidden @ np.array([[1.0], [1.0]])})

# %% [markdown]
# Why not leave $\max$ out? Because two layers without it are one: $(x\,w_1)\,w_2 = x\,(w_1 w_2)$, and $w_1 w_2$ is just
# another matrix.

# %%
rng = np.random.default_rng(0)
some, w_1, w_2 = rng.normal(size=(5, 8)), rng.normal(size=(8, 20)), rng.normal(size=(20, 3))
print("without max:", np.allclose((some @ w_1) @ w_2, some @ (w_1 @ w_2)))
print("with max:   ", np.allclose(np.maximum(0, some @ w_1) @ w_2, some @ (w_1 @ w_2)))

# %% [markdown]
# **Exercise `two_layer_scores`** · 2 points · difficulty 2/5 · about 7 minutes
#
# What counts: the scores, with $\max(0, \cdot)$ in its place (1), any sizes, inputs unchanged (1). Write both products
# yourself, so that a slip in `linear` can't cost you these points.
#
# <details><summary>Hint</summary>
#
# Three steps: hidden numbers, cut off what is negative, scores. NumPy's function that compares number by number is
# `np.maximum`.
# </details>
#
# <details><summary>Common errors</summary>
#
# Python's `max(0, array)` can't compare a whole array. `np.max` looks for the single largest number. `max` after the
# *second* layer, too: scores may be negative. The first bias belongs inside.
# </details>


# %% answer two_layer_scores
def two_layer_scores(x, w1, b1, w2, b2):
    """Compute the scores of a fully connected net of two layers.

    Parameters
    ----------
    x : ndarray (N, D), float
        One row per image.
    w1 : ndarray (D, H), float
    b1 : ndarray (H,), float
        The first layer, of H hidden neurons.
    w2 : ndarray (H, M), float
    b2 : ndarray (M,), float
        The second layer.

    Returns
    -------
    ndarray (N, M), float
        The scores: max(0, x w1 + b1) w2 + b2.
    """
    ### BEGIN SOLUTION
    hidden = np.maximum(0, x @ w1 + b1)
    return hidden @ w2 + b2
    ### END SOLUTION


# %%
w1, b1 = np.array([[1.0, -1.0]]), np.zeros(2)
w2, b2 = np.ones((2, 1)), np.zeros(1)
two_layer_scores(pixels, w1, b1, w2, b2).ravel()  # 1, 0, 1?

# %% check two_layer_scores

# %% exam two_layer_scores

# %% [markdown]
# Now to the shapes that may be light or dark. 20 hidden neurons: ten templates, and the same ten with the opposite
# sign. The second layer adds up the two neurons of each class.

# %%
w1 = np.hstack([w_average, -w_average])  # (1024, 20)
w2 = np.vstack([np.eye(10), np.eye(10)])  # (20, 10)
b1, b2 = np.zeros(20), np.zeros(10)
w1.shape, w2.shape

# %%
scores_mixed = two_layer_scores(flatten(x_mixed), w1, b1, w2, b2)
float(np.mean(scores_mixed.argmax(axis=1) == labels_mixed))

# %% [markdown]
# From half to all of them, by one $\max$. Without it the two templates of each class would cancel again, and
# all scores would be 0. The largest of them, in absolute value:

# %%
round(float(np.abs(flatten(x_mixed) @ w1 @ w2).max()), 6)

# %% [markdown]
# For a shape that may be *shifted*, the same trick would need a hidden neuron for each shape at each place. With shifts
# of up to 4 pixels, 9 by 9 places, that is $10 \cdot 81 = 810$ neurons of 1024 weights each, and each of them must be
# learned from images that have the shape just there. Lesson 02 has a better idea.

# %% [markdown]
# ## 6. From scores to probabilities
# *14 minutes*
#
# A score of 2, is that much? It depends on the others. **Softmax** turns the scores $s$ of one image into
# probabilities: all positive, and together 1.
#
# $$p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}$$
#
# $e^s$ makes every number positive and keeps the order; the division makes the sum 1. For the 2x2 image of
# section 3:

# %%
s = np.array([2.0, 0.5, 0.0])
powers = np.exp(s)
probabilities = powers / powers.sum()
bars = {"score": s, "e^score": powers, "probability": probabilities}
figures.class_bars(bars, names_2x2[1:])

# %% [markdown]
# By hand: $e^2 ≈ 7.39$, $e^{0.5} ≈ 1.65$, $e^0 = 1$, together 10.04. So "diagonal" gets $7.39 / 10.04 ≈ 0.74$.
#
# Only *differences* of scores matter. Add 100 to all, and each power grows by the same factor $e^{100}$, which cancels:

# %%
shifted_powers = np.exp(s + 100)
print(np.round(probabilities, 3))
print(np.round(shifted_powers / shifted_powers.sum(), 3))

# %% [markdown]
# That is useful, because computers have a largest number, about $10^{308}$. What lies beyond is called infinity:

# %%
with np.errstate(over="ignore"):
    print(np.exp(np.array([709.0, 710.0, 1000.0])))

# %% [markdown]
# Infinity divided by infinity is "not a number", and that is the end of any training. The cure is exact: before taking
# powers, subtract the *largest score of the row*. Then the largest power is $e^0 = 1$, and nothing can overflow.
#
# $$p_k = \frac{e^{s_k - m}}{\sum_j e^{s_j - m}} \qquad m = \max_j s_j$$

# %%
large = np.array([1000.0, 998.5, 998.0])  # the scores above plus 998
powers = np.exp(large - large.max())
np.round(powers / powers.sum(), 3)

# %% [markdown]
# **Exercise `softmax`** · 2 points · difficulty 2/5 · about 8 minutes
#
# A batch of scores, one row per image; each row becomes probabilities by itself. What counts: probabilities, row by row
# (1), scores of 1000 and -1000 (½), any sizes, input unchanged (½).
#
# <details><summary>Hint</summary>
#
# `scores.max(axis=1, keepdims=True)` has the shape (N, 1): one number per row, in a column. NumPy subtracts it
# from each number of that row.
# </details>
#
# <details><summary>Common errors</summary>
#
# `axis=0` runs over the images. Without `keepdims=True` the maxima lie across the columns. The maximum of the *whole*
# batch is not enough: a row far below it becomes 0 / 0. `scores -= ...` changes the input.
# </details>


# %% answer softmax
def softmax(scores):
    """Turn scores into probabilities, row by row.

    Parameters
    ----------
    scores : ndarray (N, M), float
        One row per image. Scores may be as large as 1000 or -1000.

    Returns
    -------
    ndarray (N, M), float
        Each row adds up to 1.
    """
    ### BEGIN SOLUTION
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %%
np.round(softmax(np.array([s, s + 998, s - 5000])), 3)  # three times 0.74, 0.16, 0.1?

# %% check softmax

# %% exam softmax

# %% [markdown]
# ## 7. How wrong? One number
# *14 minutes*
#
# To improve a net, one number must say how wrong it is: the **loss**. Only the probability of the *right* class counts.
# Near 1 there is nothing to complain about, near 0 everything. The **cross-entropy** of an image with label $y$ is
#
# $$L = -\log p_y$$
#
# with the natural logarithm. For a batch it is the mean over the images.

# %%
cases = {"sure and right": 0.95, "guessing one of ten": 0.1, "sure and wrong": 0.01}
print({name: round(float(-np.log(p)), 3) for name, p in cases.items()})
figures.loss_of_probability(cases)

# %% [markdown]
# Three numbers to remember. Sure and right costs almost nothing; guessing among ten classes costs $\log 10$; and being
# sure of the wrong class costs more and more, without a limit.

# %% [markdown]
# By hand, for the scores 2, ½, 0. If the label is 0 ("diagonal"), the loss is $-\log 0.74 ≈ 0.31$. If it is 2 ("left"),
# it is $-\log 0.1 ≈ 2.31$. The mean of the two images: 1.31.

# %%
p = softmax(np.array([s, s]))
[round(float(-np.log(p[0, 0])), 2), round(float(-np.log(p[1, 2])), 2)]

# %% [markdown]
# Again the computer's numbers end too early. A net that is very sure, and wrong:

# %%
float(softmax(np.array([[1000.0, -1000.0]]))[0, 1])

# %% [markdown]
# This probability is $e^{-2000}$, too small for a float, so it became 0, and its logarithm infinite. Many programs cut
# it off at $10^{-12}$ or so, which makes the loss wrong. But the logarithm and the power undo each other, *before*
# anything is rounded:
#
# $$L = -\log \frac{e^{s_y}}{\sum_j e^{s_j}} = \log \sum_j e^{s_j} - s_y = \Big(m + \log \sum_j e^{s_j - m}\Big) - s_y$$
#
# with $m$ the largest score. Here: $1000 + \log(1 + 0) - (-1000) = 2000$, exactly.

# %%
float(1000 + np.log(np.exp(0.0) + np.exp(-2000.0)) - (-1000))

# %% [markdown]
# **Exercise `cross_entropy`** · 2 points · difficulty 3/5 · about 8 minutes
#
# The mean loss of a batch of *scores*, by the last formula. What counts: the mean over the images (1), scores of 1000
# and -1000 (½), any sizes and integer labels, inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# `scores[np.arange(N), labels]` picks one score per row, the one at the row's label. What is left of the formula is
# done with `axis=1`.
# </details>
#
# <details><summary>Common errors</summary>
#
# `scores[:, labels]` takes every label's column in every row. The sum instead of the mean. `np.log2` instead of
# `np.log`. Clipping or adding 1e-12: not needed here, and not exact.
# </details>


# %% answer cross_entropy
def cross_entropy(scores, labels):
    """Compute the mean cross-entropy of a batch.

    Parameters
    ----------
    scores : ndarray (N, M), float
        One row per image. Scores may be as large as 1000 or -1000.
    labels : ndarray (N,), integers
        The right class of each image, 0 to M - 1.

    Returns
    -------
    float
        The mean over the images of log(sum of e^scores) - score of the label.
    """
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_of_sums = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_of_sums - shifted[np.arange(len(labels)), labels])
    ### END SOLUTION


# %%
print(round(float(cross_entropy(np.array([s, s]), np.array([0, 2]))), 2))  # 1.31?
float(cross_entropy(np.array([[1000.0, -1000.0]]), np.array([1])))  # 2000?

# %% check cross_entropy

# %% exam cross_entropy

# %% [markdown]
# All parts are there: image, row, scores, loss. Now a net that knows nothing yet, with small random weights. First the
# bytes become numbers around 0: each channel minus its mean, divided by its standard deviation.

# %%
mean, std = channel_statistics(dataset.train_images)
rows = flatten(standardize(dataset.train_images[:500], mean, std))
print(rows.shape, rows.dtype)
print("standard deviation", round(float(rows.std()), 1))

# %%
figures.guess(
    "first loss",
    "Ten classes, weights that are random and tiny, no training. How large is the mean loss of 500 images?",
    {"a": "about 0.1", "b": "about 1", "c": "about 2.3", "d": "about 10"},
    mine=None,  # write your letter and run the cell
)

# %%
random_w = np.random.default_rng(0).normal(0, 0.001, (3072, 10))
loss = cross_entropy(linear(rows, random_w, np.zeros(10)), dataset.train_labels[:500])
print(f"loss {loss:.2f}, log 10 is {np.log(10):.2f}")
figures.answer("first loss", "c")

# %% [markdown]
# Small scores are all about 0, so all ten probabilities are about 0.1: it guesses. That is a good test for any new net.
# With ten classes and small weights, the loss should start near 2.30. If it doesn't, something is broken.
#
# For comparison, the templates of section 4, on light images and on those that may be light or dark. Scores in the
# hundreds are very sure of themselves, so their mistakes are expensive:

# %%
one_layer_scores = linear(flatten(x_mixed), w_average, b_average)
print(f"light:         {cross_entropy(scores, new_labels):8.2f}")
print(f"light or dark: {cross_entropy(one_layer_scores, labels_mixed):8.2f}")

# %% [markdown]
# ## 8. What a layer costs
# *7 minutes*
#
# The numbers that a layer learns are its **parameters**: weights and biases. By hand, for 4 inputs and 3 outputs, as in
# the 2x2 example: $w$ has $4 \cdot 3 = 12$ weights, and there are 3 biases, which makes 15.
#
# **Exercise `count_linear_parameters`** · 1 point · difficulty 1/5 · about 3 minutes
#
# What counts: layers of any size (1).
#
# <details><summary>Hint</summary>
#
# How many numbers does *one* output need? And how many outputs are there?
# </details>
#
# <details><summary>Common errors</summary>
#
# No biases. A bias for each input instead of each output. A division makes a float: 15.0 is no count.
# </details>


# %% answer count_linear_parameters
def count_linear_parameters(n_in, n_out):
    """Count the parameters of a fully connected layer.

    Parameters
    ----------
    n_in, n_out : int
        How many numbers go in, and how many come out.

    Returns
    -------
    int
        Weights and biases.
    """
    ### BEGIN SOLUTION
    return (n_in + 1) * n_out
    ### END SOLUTION


# %%
count_linear_parameters(4, 3)  # 15?

# %% check count_linear_parameters

# %% exam count_linear_parameters

# %% [markdown]
# Now the sizes of real nets. One layer on 32x32x3; two layers with 100 hidden neurons; and the same two layers on a
# photo of 224x224x3, which is still a small one:

# %%
one_layer = count_linear_parameters(32 * 32 * 3, 10)
two_layers = count_linear_parameters(32 * 32 * 3, 100) + count_linear_parameters(100, 10)
first_layer = count_linear_parameters(224 * 224 * 3, 100)
photo = first_layer + count_linear_parameters(100, 10)
print(f"one layer {one_layer:,}   two layers {two_layers:,}   on a photo {photo:,}")
print(f"of which the first layer has {first_layer / photo:.3%}")

# %% [markdown]
# Nearly all of them are in the first layer, because each of its neurons looks at the full input. You will build a net
# in lesson 06 that does much better with about as many parameters as the *single* layer here.

# %% [markdown]
# ## 9. Shuffle the pixels
# *12 minutes*
#
# What does a fully connected net know about images? Here is a test. Shuffle the 1024 pixels, in the *same* way in
# every image. Could you still tell what it shows?

# %%
order = np.random.default_rng(1).permutation(32 * 32)


def shuffle(images):
    """Return images (N, 32, 32, C) with their pixels in another order, the same in all."""
    return images.reshape(len(images), 32 * 32, -1)[:, order].reshape(images.shape)


# %%
few = dataset.train_images[:3] / 255
mixed_few = shuffle(few)
pairs = {"as it is": few[0], "shuffled": mixed_few[0]}
figures.pictures(pairs | {"as it was": few[1], "shuffled, too": mixed_few[1]})

# %% [markdown]
# For a fully connected layer it makes no difference at all. It adds up products, and the order of a sum does not
# matter: shuffle its weights in the same way, and all scores are what they were.

# %%
shuffled_w = shuffle(random_w.T.reshape(10, 32, 32, 3)).reshape(10, -1).T
shuffled_rows = flatten(shuffle(rows.reshape(-1, 32, 32, 3)))
no_bias = np.zeros(10)
bool(np.allclose(linear(rows, random_w, no_bias), linear(shuffled_rows, shuffled_w, no_bias)))

# %% [markdown]
# So whatever such a net can learn from images, it can learn just as well from shuffled ones. We try it with the
# course's own training, `fit` (you build one in lessons 05 and 06), on 8,000 images as they are, and on the same images
# shuffled. The net sees each of them four times: four **epochs**.

# %%
plain = (dataset.train_images[:8000], dataset.train_labels[:8000], dataset.test_images, dataset.test_labels)
mixed_up = (shuffle(plain[0]), plain[1], shuffle(plain[2]), plain[3])
kinds = {"as it is": Dataset("plain", *plain, names), "shuffled": Dataset("shuffled", *mixed_up, names)}


def train(layers, dataset, lr):
    """Return a trained net and the fraction of test images that it gets right; lr says how large its steps are."""
    net = ConvNet(layers, dataset.train_images.shape[1:])
    history = fit(net, dataset, epochs=4, lr=lr, progress=False)
    scores = scores_of_images(net, dataset.test_images[:2000], history.mean, history.std)
    return net, accuracy(scores, dataset.test_labels[:2000])


# %% [markdown]
# Three nets, each named by its layers, as the lecture does it:
#
# | lecture | here | what it is |
# |---|---|---|
# | [FC] | `fc` | one layer: a neuron for each class |
# | [FC - RELU - FC] | `fc64-relu-fc` | two layers, 64 hidden neurons |
# | [CONV - RELU - POOL - FC] | `conv12-relu-pool-fc` | the ConvNet that you will build, lessons 02 to 06 |

# %%
figures.guess(
    "shuffled",
    "All three are trained on images as they are, and again on shuffled ones. Which of them get worse by shuffling?",
    {"a": "all three", "b": "the two fully connected ones", "c": "the ConvNet alone", "d": "none"},
    mine=None,  # write your letter and run the cell
)

# %% varies long
found = {}
for layers, lr in {"fc": 0.001, "fc64-relu-fc": 0.01, "conv12-relu-pool-fc": 0.01}.items():
    for kind, images_of_a_kind in kinds.items():
        _, right = train(layers, images_of_a_kind, lr)
        found[f"{layers}, {kind}"] = round(100 * right)
figures.class_bars({"% right": np.array(list(found.values()))}, list(found))

# %%
figures.answer("shuffled", "c")

# %% [markdown]
# The fully connected nets don't notice; the small differences are luck, because other random weights meet other pixels.
# The ConvNet loses a good part of what it knew. It relies on neighbouring pixels belonging together, and shuffling
# takes that away.
#
# And *before* the shuffling, the ConvNet is well ahead. A fully connected net throws away where pixels are, and would
# have to find out by itself that they have neighbours. A ConvNet **keeps the spatial structure** and starts from it.

# %% [markdown]
# What did the single layer learn, on images as they are? Its templates, in colour:

# %% varies long
net, right = train("fc", kinds["as it is"], lr=0.001)
print(f"{right:.1%} right")
figures.templates(net.parameters["w_fc1"].reshape(32, 32, 3, 10), names)

# %% [markdown]
# On shapes10 this is noise, and hardly better than guessing. (On CIFAR-10 there are traces: a yellow-green spot in the
# middle for frogs, a reddish one for horses, blue for ships.) Is the training to blame, or the images? The same
# training on drawings for which one template per class *is* enough, those of section 4: light on dark, in the middle,
# under noise. 4,000 of them, as bytes, which is what `fit` takes:

# %% varies long
many = [draw(seed) for seed in range(2, 6)]
drawn, drawn_labels = (np.concatenate(parts) for parts in zip(*many, strict=True))
as_bytes = [np.clip(128 + 25 * images, 0, 255).astype(np.uint8) for images in (drawn, new_images)]
drawings = Dataset("drawings", as_bytes[0], drawn_labels, as_bytes[1], new_labels, CLASS_NAMES)
net, right = train("fc", drawings, lr=0.001)
print(f"{right:.1%} right")
figures.templates(net.parameters["w_fc1"].reshape(32, 32, 1, 10), CLASS_NAMES)

# %% [markdown]
# Nobody told the layer what a ring is. And these templates know more than averages: inside the ring, beside the star
# and the cross they are *dark*, just where other shapes would be light. A template learns what tells its class from the
# others.
#
# So it was the images. A shape of shapes10 is light or dark, in any colour, turned, and anywhere: no single template
# fits. Better to look for small things first, edges and corners, and to look for them *everywhere*.

# %% [markdown]
# ## What you have built
#
# - `flatten`: an image of 32x32x3 as a row of 3072 numbers;
# - `linear`: $f = Wx + b$ for a whole batch, and templates to look at;
# - `two_layer_scores`: $f = W_2 \max(0, W_1 x)$, which can say "this or that";
# - `softmax` and `cross_entropy`: one number that says how wrong the scores are, exact for scores of any size;
# - `count_linear_parameters`: 30,730 for one layer from 32x32x3 to ten classes. You will meet this number again: the
#   last layer of lesson 06 has 16·16·12 inputs.

# %%
count_linear_parameters(32 * 32 * 3, 10), count_linear_parameters(16 * 16 * 12, 10)

# %% [markdown]
# ## Ask yourself
#
# <details><summary>Images of 20x30 pixels, grey, 7 classes. What shape has <code>w</code>?</summary>
#
# (600, 7): one row per number of the image, one column per class.
# </details>
#
# <details><summary>Two images differ in one pixel. How many hidden neurons may notice?</summary>
#
# All of them: each is connected with every pixel.
# </details>
#
# <details><summary>All ten scores of an image are 5. What is its loss?</summary>
#
# $\log 10 ≈ 2.30$: ten equal probabilities, whatever the scores are.
# </details>
#
# <details><summary>Why is one max(0, ·) between two layers worth more than a third layer without it?</summary>
#
# Layers with nothing in between are one matrix. Only what is not linear adds something new.
# </details>

# %%
figures.count_guesses()

# %% [markdown]
# Below is the lecture's net. What you have built in this copy of the course is *yours*, and no longer grey. It will
# fill up, lesson by lesson:

# %%
figures.growing_net(passed())

# %% [markdown]
# ## Where next
#
# A fully connected layer looks at everything and knows nothing about neighbours. **Lesson 02** lets a neuron look at a
# small window only, and moves it over the whole image: the convolution.
