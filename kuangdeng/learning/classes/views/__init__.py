"""Pages of the training classes."""
