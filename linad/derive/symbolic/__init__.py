"""Symbols only: equations and structures in, programs out. The standard library and nothing else."""
