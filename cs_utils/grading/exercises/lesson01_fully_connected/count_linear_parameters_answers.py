"""Lesson 01, count_linear_parameters: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson01_fully_connected.count_linear_parameters import COUNT_LINEAR_PARAMETERS


@COUNT_LINEAR_PARAMETERS.wrong("the biases are forgotten: each output has one")
def counts_no_biases(n_in, n_out):
    return n_in * n_out


@COUNT_LINEAR_PARAMETERS.wrong("one bias per input is counted: there is one per output")
def counts_a_bias_an_input(n_in, n_out):
    return n_in * (n_out + 1)


@COUNT_LINEAR_PARAMETERS.wrong("one bias is counted for the whole layer: there is one per output")
def counts_one_bias(n_in, n_out):
    return n_in * n_out + 1


@COUNT_LINEAR_PARAMETERS.wrong("inputs and outputs are added: each output has one weight per input")
def adds_inputs_and_outputs(n_in, n_out):
    return n_in + n_out


@COUNT_LINEAR_PARAMETERS.wrong("one bias per weight is counted: there is one per output")
def counts_a_bias_a_weight(n_in, n_out):
    return 2 * n_in * n_out


@COUNT_LINEAR_PARAMETERS.wrong("biases are counted for inputs and outputs: only outputs have one")
def counts_biases_on_both_sides(n_in, n_out):
    return (n_in + 1) * (n_out + 1)


@COUNT_LINEAR_PARAMETERS.wrong()  # the message says it: 15.0 (float), expected 15 (int)
def returns_a_float(n_in, n_out):
    return n_out * (n_in + 1.0)


@COUNT_LINEAR_PARAMETERS.right
def counts_one_output_and_multiplies(n_in, n_out):
    return n_out * (n_in + 1)


@COUNT_LINEAR_PARAMETERS.right
def makes_the_arrays_and_asks_them(n_in, n_out):
    return np.empty((n_in, n_out)).size + np.empty(n_out).size


@COUNT_LINEAR_PARAMETERS.right
def adds_up_output_by_output(n_in, n_out):
    total = 0
    for _ in range(n_out):
        total += n_in
        total += 1
    return total
