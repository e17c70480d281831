"""Pure mathematics: arrays in, plans and bounds out. Knows no order, no store, no clock, no currency."""
