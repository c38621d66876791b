"""Whole networks: `ConvNet("conv12-relu-pool-fc")` has parameters, scores, a loss and its gradients."""

from cs_utils.model.convnet import ConvNet

__all__ = ["ConvNet"]
