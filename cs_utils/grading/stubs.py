"""Which functions of `cs_utils` an exam refuses, lesson by lesson; what earlier lessons have built stays.

A module or a class stands for all that is defined in it; what calls a refused function is refused with it. How they are
made to refuse is in `cs_utils.checks.stubs`.
"""

# In every exam: whole nets and their training, derivatives by pushing, the layers that ours are measured against.
ALWAYS = (
    *("model.convnet", "model.modules", "model.plan", "model.summary"),
    *("training.evaluation", "training.loop", "training.optim", "gradient_check"),
    *("benchmark.im2col", "benchmark.loops", "benchmark.textbook"),
)
FULLY_CONNECTED = (
    "layers",
    "engine.convolution",
    "engine.conv_pool",
)  # lesson 01: a 1x1 convolution is a layer of this kind, too
CONVOLUTIONS = (  # lessons 02 and 03
    *("layers.conv2d", "layers.conv2d_backward", "layers.conv2d_filter_gradient"),
    *("engine.convolution", "engine.winograd", "engine.conv_pool", "engine.im2col"),
)
POOLS = ("engine.pooling", "engine.conv_pool")  # lesson 04
GRADIENTS = (  # lesson 05; `layers.conv2d` stays, so what is behind it must
    *("layers.relu_backward", "layers.linear_backward", "layers.softmax_cross_entropy"),
    *("layers.conv2d_backward", "layers.conv2d_filter_gradient"),
    *("engine.convolution.both_gradients", "engine.convolution.filter_gradient"),
    *("engine.winograd.both_gradients", "engine.conv_pool"),
)
PATCHES = (*GRADIENTS, "engine.im2col")
DEEPER = ("engine.norm", "model.pattern")  # lesson 07
