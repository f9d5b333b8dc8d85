"""Structures, words of matrices, rational functions: what equations and programs are made of."""
