"""Lesson 06: the lecture's net, conv - ReLU - pool - fully connected, trained on images of 10 classes.

Images are (N, H, W, C) with even H and W, K is the number of filters. `params` and `grads` hold w_conv (3, 3, C, K),
b_conv (K,), w_fc (H/2 * W/2 * K, classes) and b_fc (classes,).
"""

LESSON = "06_cifar10_convnet"
