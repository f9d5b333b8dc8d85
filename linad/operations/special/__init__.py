"""The functions of scipy.special and their rules, by family; this package is imported when the first is asked for."""
