"""Helpers for the course "ConvNets from scratch": layers, models, training, data, pictures and checks."""

__version__ = "0.1.0"
