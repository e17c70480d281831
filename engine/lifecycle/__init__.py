"""The life of an order: what happens to it from capture to return, one atomic change after the other."""
