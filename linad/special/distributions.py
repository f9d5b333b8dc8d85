"""Distribution functions and orthogonal polynomials."""

from __future__ import annotations

import scipy.special as sp

from linad.core.dispatch import ufunc_door
from linad.operations.special import distributions, gamma_distributions, polynomials, suprema

gammainc = ufunc_door(sp.gammainc, gamma_distributions.gammainc)
gammaincc = ufunc_door(sp.gammaincc, gamma_distributions.gammaincc)
gammaincinv = ufunc_door(sp.gammaincinv, gamma_distributions.gammaincinv)
gammainccinv = ufunc_door(sp.gammainccinv, gamma_distributions.gammainccinv)
chdtr = ufunc_door(sp.chdtr, gamma_distributions.chdtr)
chdtrc = ufunc_door(sp.chdtrc, gamma_distributions.chdtrc)
chdtri = ufunc_door(sp.chdtri, gamma_distributions.chdtri)
chdtriv = ufunc_door(sp.chdtriv, gamma_distributions.chdtriv)
gdtr = ufunc_door(sp.gdtr, gamma_distributions.gdtr)
gdtrc = ufunc_door(sp.gdtrc, gamma_distributions.gdtrc)
gdtria = ufunc_door(sp.gdtria, gamma_distributions.gdtria)
gdtrib = ufunc_door(sp.gdtrib, gamma_distributions.gdtrib)
gdtrix = ufunc_door(sp.gdtrix, gamma_distributions.gdtrix)
pdtr = ufunc_door(sp.pdtr, gamma_distributions.pdtr)
pdtrc = ufunc_door(sp.pdtrc, gamma_distributions.pdtrc)
pdtri = ufunc_door(sp.pdtri, gamma_distributions.pdtri)
betainc = ufunc_door(sp.betainc, distributions.betainc)
betaincc = ufunc_door(sp.betaincc, distributions.betaincc)
betaincinv = ufunc_door(sp.betaincinv, distributions.betaincinv)
betainccinv = ufunc_door(sp.betainccinv, distributions.betainccinv)
bdtr = ufunc_door(sp.bdtr, distributions.bdtr)
bdtrc = ufunc_door(sp.bdtrc, distributions.bdtrc)
bdtri = ufunc_door(sp.bdtri, distributions.bdtri)
nbdtr = ufunc_door(sp.nbdtr, distributions.nbdtr)
nbdtrc = ufunc_door(sp.nbdtrc, distributions.nbdtrc)
nbdtri = ufunc_door(sp.nbdtri, distributions.nbdtri)
stdtr = ufunc_door(sp.stdtr, distributions.stdtr)
stdtrit = ufunc_door(sp.stdtrit, distributions.stdtrit)
fdtr = ufunc_door(sp.fdtr, distributions.fdtr)
fdtrc = ufunc_door(sp.fdtrc, distributions.fdtrc)
fdtri = ufunc_door(sp.fdtri, distributions.fdtri)
chndtr = ufunc_door(sp.chndtr, distributions.chndtr)
chndtrix = ufunc_door(sp.chndtrix, distributions.chndtrix)
kolmogorov = ufunc_door(sp.kolmogorov, suprema.kolmogorov)
kolmogi = ufunc_door(sp.kolmogi, suprema.kolmogi)
tklmbda = ufunc_door(sp.tklmbda, distributions.tklmbda)
eval_legendre = ufunc_door(sp.eval_legendre, polynomials.eval_legendre)
eval_chebyt = ufunc_door(sp.eval_chebyt, polynomials.eval_chebyt)
eval_chebyu = ufunc_door(sp.eval_chebyu, polynomials.eval_chebyu)
eval_chebyc = ufunc_door(sp.eval_chebyc, polynomials.eval_chebyc)
eval_chebys = ufunc_door(sp.eval_chebys, polynomials.eval_chebys)
eval_sh_legendre = ufunc_door(sp.eval_sh_legendre, polynomials.eval_sh_legendre)
eval_sh_chebyt = ufunc_door(sp.eval_sh_chebyt, polynomials.eval_sh_chebyt)
eval_sh_chebyu = ufunc_door(sp.eval_sh_chebyu, polynomials.eval_sh_chebyu)
eval_gegenbauer = ufunc_door(sp.eval_gegenbauer, polynomials.eval_gegenbauer)
eval_jacobi = ufunc_door(sp.eval_jacobi, polynomials.eval_jacobi)
eval_sh_jacobi = ufunc_door(sp.eval_sh_jacobi, polynomials.eval_sh_jacobi)
eval_laguerre = ufunc_door(sp.eval_laguerre, polynomials.eval_laguerre)
eval_genlaguerre = ufunc_door(sp.eval_genlaguerre, polynomials.eval_genlaguerre)
eval_hermite = ufunc_door(sp.eval_hermite, polynomials.eval_hermite)
eval_hermitenorm = ufunc_door(sp.eval_hermitenorm, polynomials.eval_hermitenorm)

__all__ = [
    "bdtr", "bdtrc", "bdtri", "betainc", "betaincc", "betainccinv", "betaincinv", "chdtr", "chdtrc",
    "chdtri", "chdtriv", "chndtr", "chndtrix", "eval_chebyc", "eval_chebys", "eval_chebyt", "eval_chebyu",
    "eval_gegenbauer", "eval_genlaguerre", "eval_hermite", "eval_hermitenorm", "eval_jacobi",
    "eval_laguerre", "eval_legendre", "eval_sh_chebyt", "eval_sh_chebyu", "eval_sh_jacobi",
    "eval_sh_legendre", "fdtr", "fdtrc", "fdtri", "gammainc", "gammaincc", "gammainccinv",
    "gammaincinv", "gdtr", "gdtrc", "gdtria", "gdtrib", "gdtrix", "kolmogi", "kolmogorov",
    "nbdtr", "nbdtrc", "nbdtri", "pdtr", "pdtrc", "pdtri", "stdtr", "stdtrit", "tklmbda",
]  # fmt: skip
