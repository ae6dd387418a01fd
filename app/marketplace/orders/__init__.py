"""Cart, order groups, orders of one firm at one gate, and their way to hand-over."""
