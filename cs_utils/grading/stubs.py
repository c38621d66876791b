"""Which functions of `cs_utils` check and exam refuse, lesson by lesson; what earlier lessons have built stays.

A module or a class stands for all that is defined in it; what calls a refused function is refused with it. How they are
made to refuse, and what every exercise refuses, is in `cs_utils.checks.stubs`.
"""

# Lesson 01: a 1x1 convolution is a fully connected layer, too.
FULLY_CONNECTED = ("layers", "engine.convolution", "engine.conv_pool")
CONVOLUTIONS = (  # lessons 02 and 03
    *("layers.conv2d", "layers.conv2d_backward", "layers.conv2d_filter_gradient"),
    *("engine.convolution", "engine.winograd", "engine.conv_pool", "engine.im2col", "engine.im2col_images"),
)
POOLS = (  # lesson 04
    *("layers.max_pool2d", "layers.max_pool2d_backward", "layers.avg_pool2d", "layers.avg_pool2d_backward"),
    *("layers.global_average_pool", "layers.global_average_pool_backward"),
    *("engine.pooling", "engine.conv_pool"),
)
GRADIENTS = (  # lesson 05; `layers.conv2d` stays, so what it calls must
    *("layers.relu_backward", "layers.linear_backward", "layers.softmax_cross_entropy"),
    *("layers.conv2d_backward", "layers.conv2d_filter_gradient"),
    *("engine.convolution.both_gradients", "engine.convolution.filter_gradient"),
    *("engine.winograd.both_gradients", "engine.conv_pool"),
)
PATCHES = (*GRADIENTS, "engine.im2col", "engine.im2col_images")
DEEPER = (  # lesson 07
    *("layers.batch_norm", "layers.batch_norm_backward", "engine.norm"),
    *("layers.global_average_pool", "layers.global_average_pool_backward", "model.pattern"),
)
