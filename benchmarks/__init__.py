"""Benchmarks: ratios to the peers, taken in one process and one run."""
