"""What makes the layers fast: see `README.md` here for which way a convolution takes when."""
