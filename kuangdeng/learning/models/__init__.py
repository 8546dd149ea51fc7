"""Tables of learning: those of its parts, so that Django finds them."""
