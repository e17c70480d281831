"""Capture: orders from every channel become one kind of order; what can't is kept with its bytes and its reason."""
