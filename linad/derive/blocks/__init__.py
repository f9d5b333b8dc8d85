"""Block programs on arrays: derived, laid out in memory, run by kernels."""
