"""The functions of scipy.special and their rules, by family; imported when the first of them is asked for."""

from linad.operations.special import (
    airy_kelvin,
    bessel,
    counting,
    distributions,
    elliptic,
    entropies,
    errors,
    gamma_distributions,
    gammas,
    hypergeometric,
    integrals,
    polynomials,
    sums,
    suprema,
    waves,
    zetas,
)

__all__ = [
    "airy_kelvin",
    "bessel",
    "counting",
    "distributions",
    "elliptic",
    "entropies",
    "errors",
    "gamma_distributions",
    "gammas",
    "hypergeometric",
    "integrals",
    "polynomials",
    "sums",
    "suprema",
    "waves",
    "zetas",
]
