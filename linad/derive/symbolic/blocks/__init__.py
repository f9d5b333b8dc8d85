"""Recursive programs from the 2x2 partition of an equation."""
