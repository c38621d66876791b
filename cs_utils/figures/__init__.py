"""Every picture and animation of the lessons, in one style, readable in grey, with alt text."""

from cs_utils.figures.backprop import (
    computation_graph,
    full_correlation,
    full_correlation_steps,
    patches_as_rows,
)
from cs_utils.figures.comparing import comparison
from cs_utils.figures.convolution import sliding_filter, sliding_filter_still, volume_filter, volume_filter_still
from cs_utils.figures.deeper import (
    accuracy_against_parameters,
    layer_chain,
    losses_at_depths,
    residual_graph,
    through_depth,
)
from cs_utils.figures.descent import valley_paths
from cs_utils.figures.expressions import expression_graph
from cs_utils.figures.fully_connected import class_bars, image_to_vector, loss_of_probability, neurons, templates
from cs_utils.figures.grids import number_grids
from cs_utils.figures.growing import growing_net
from cs_utils.figures.guessing import answer, count_guesses, guess
from cs_utils.figures.live.conv_gradient import live_conv_gradient
from cs_utils.figures.live.depth import live_depth
from cs_utils.figures.live.filter import live_filter
from cs_utils.figures.live.graph import live_graph
from cs_utils.figures.live.page import LivePicture
from cs_utils.figures.live.pattern import live_pattern
from cs_utils.figures.live.pooling import live_pooling
from cs_utils.figures.live.receptive import live_receptive_field
from cs_utils.figures.live.template import live_template
from cs_utils.figures.live.windows import live_windows
from cs_utils.figures.maps import activation_maps, filtered, pictures, window_on_picture
from cs_utils.figures.net_page.play import play
from cs_utils.figures.networks import filters, maps_of_image, strongest_windows
from cs_utils.figures.picture import Animation, Picture
from cs_utils.figures.pooling import change_under_shift, max_pool_gradient, max_pool_gradient_steps, pooling_windows
from cs_utils.figures.strides import (
    padded_image,
    receptive_fields,
    size_ladder,
    strided_filter,
    strided_filter_still,
)
from cs_utils.figures.training import confusion_matrix, contact_sheet, loss_curves, training_curves
from cs_utils.figures.volumes import matrix_product, volume_boxes
from cs_utils.figures.windows import window_grid, window_places

__all__ = [
    "Animation",
    "LivePicture",
    "Picture",
    "accuracy_against_parameters",
    "activation_maps",
    "answer",
    "change_under_shift",
    "class_bars",
    "comparison",
    "computation_graph",
    "confusion_matrix",
    "contact_sheet",
    "count_guesses",
    "expression_graph",
    "filtered",
    "filters",
    "full_correlation",
    "full_correlation_steps",
    "growing_net",
    "guess",
    "image_to_vector",
    "layer_chain",
    "live_conv_gradient",
    "live_depth",
    "live_filter",
    "live_graph",
    "live_pattern",
    "live_pooling",
    "live_receptive_field",
    "live_template",
    "live_windows",
    "loss_curves",
    "loss_of_probability",
    "losses_at_depths",
    "maps_of_image",
    "matrix_product",
    "max_pool_gradient",
    "max_pool_gradient_steps",
    "neurons",
    "number_grids",
    "padded_image",
    "patches_as_rows",
    "pictures",
    "play",
    "pooling_windows",
    "receptive_fields",
    "residual_graph",
    "size_ladder",
    "sliding_filter",
    "sliding_filter_still",
    "strided_filter",
    "strided_filter_still",
    "strongest_windows",
    "templates",
    "through_depth",
    "training_curves",
    "valley_paths",
    "volume_boxes",
    "volume_filter",
    "volume_filter_still",
    "window_grid",
    "window_on_picture",
    "window_places",
]
