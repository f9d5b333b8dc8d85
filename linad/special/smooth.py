"""Gamma, error, exponential, elliptic and hypergeometric functions, entropies."""

from __future__ import annotations

import scipy.special as sp

from linad.core.dispatch import ufunc_door
from linad.operations.special import elliptic, entropies, errors, gammas, hypergeometric, integrals, zetas
from linad.operations.special.declaring import together

digamma = psi = ufunc_door(sp.psi, gammas.psi)
gamma = ufunc_door(sp.gamma, gammas.gamma)
gammaln = ufunc_door(sp.gammaln, gammas.gammaln)
loggamma = ufunc_door(sp.loggamma, gammas.loggamma)
rgamma = ufunc_door(sp.rgamma, gammas.rgamma)
gammasgn = ufunc_door(sp.gammasgn, gammas.gammasgn)
binom = ufunc_door(sp.binom, gammas.binom)
poch = ufunc_door(sp.poch, gammas.poch)
beta = ufunc_door(sp.beta, gammas.beta)
betaln = ufunc_door(sp.betaln, gammas.betaln)
zetac = ufunc_door(sp.zetac, zetas.zetac)
erf = ufunc_door(sp.erf, errors.erf)
erfc = ufunc_door(sp.erfc, errors.erfc)
erfcx = ufunc_door(sp.erfcx, errors.erfcx)
erfi = ufunc_door(sp.erfi, errors.erfi)
erfinv = ufunc_door(sp.erfinv, errors.erfinv)
erfcinv = ufunc_door(sp.erfcinv, errors.erfcinv)
dawsn = ufunc_door(sp.dawsn, errors.dawsn)
wofz = ufunc_door(sp.wofz, errors.wofz)
voigt_profile = ufunc_door(sp.voigt_profile, errors.voigt_profile)
ndtr = ufunc_door(sp.ndtr, errors.ndtr)
log_ndtr = ufunc_door(sp.log_ndtr, errors.log_ndtr)
ndtri = ufunc_door(sp.ndtri, errors.ndtri)
ndtri_exp = ufunc_door(sp.ndtri_exp, errors.ndtri_exp)
owens_t = ufunc_door(sp.owens_t, errors.owens_t)
nrdtrimn = ufunc_door(sp.nrdtrimn, errors.nrdtrimn)
nrdtrisd = ufunc_door(sp.nrdtrisd, errors.nrdtrisd)
exp1 = ufunc_door(sp.exp1, integrals.exp1)
expi = ufunc_door(sp.expi, integrals.expi)
expn = ufunc_door(sp.expn, integrals.expn)
spence = ufunc_door(sp.spence, integrals.spence)
itstruve0 = ufunc_door(sp.itstruve0, integrals.itstruve0)
it2struve0 = ufunc_door(sp.it2struve0, integrals.it2struve0)
itmodstruve0 = ufunc_door(sp.itmodstruve0, integrals.itmodstruve0)
elliprc = ufunc_door(sp.elliprc, elliptic.elliprc)
elliprf = ufunc_door(sp.elliprf, elliptic.elliprf)
elliprd = ufunc_door(sp.elliprd, elliptic.elliprd)
elliprg = ufunc_door(sp.elliprg, elliptic.elliprg)
elliprj = ufunc_door(sp.elliprj, elliptic.elliprj)
ellipk = ufunc_door(sp.ellipk, elliptic.ellipk)
ellipkm1 = ufunc_door(sp.ellipkm1, elliptic.ellipkm1)
ellipe = ufunc_door(sp.ellipe, elliptic.ellipe)
ellipkinc = ufunc_door(sp.ellipkinc, elliptic.ellipkinc)
ellipeinc = ufunc_door(sp.ellipeinc, elliptic.ellipeinc)
agm = ufunc_door(sp.agm, elliptic.agm)
hyp0f1 = ufunc_door(sp.hyp0f1, hypergeometric.hyp0f1)
hyp1f1 = ufunc_door(sp.hyp1f1, hypergeometric.hyp1f1)
hyp2f1 = ufunc_door(sp.hyp2f1, hypergeometric.hyp2f1)
hyperu = ufunc_door(sp.hyperu, hypergeometric.hyperu)
wright_bessel = ufunc_door(sp.wright_bessel, hypergeometric.wright_bessel)
log_wright_bessel = ufunc_door(sp.log_wright_bessel, hypergeometric.log_wright_bessel)
wrightomega = ufunc_door(sp.wrightomega, hypergeometric.wrightomega)
xlogy = ufunc_door(sp.xlogy, entropies.xlogy)
xlog1py = ufunc_door(sp.xlog1py, entropies.xlog1py)
entr = ufunc_door(sp.entr, entropies.entr)
rel_entr = ufunc_door(sp.rel_entr, entropies.rel_entr)
kl_div = ufunc_door(sp.kl_div, entropies.kl_div)
powm1 = ufunc_door(sp.powm1, entropies.powm1)
expit = ufunc_door(sp.expit, entropies.expit)
log_expit = ufunc_door(sp.log_expit, entropies.log_expit)
logit = ufunc_door(sp.logit, entropies.logit)
exp2 = ufunc_door(sp.exp2, entropies.exp2)
exp10 = ufunc_door(sp.exp10, entropies.exp10)
expm1 = ufunc_door(sp.expm1, entropies.expm1)
log1p = ufunc_door(sp.log1p, entropies.log1p_)
cbrt = ufunc_door(sp.cbrt, entropies.cbrt)
cosm1 = ufunc_door(sp.cosm1, entropies.cosm1)
exprel = ufunc_door(sp.exprel, entropies.exprel)
sindg = ufunc_door(sp.sindg, entropies.sindg)
cosdg = ufunc_door(sp.cosdg, entropies.cosdg)
tandg = ufunc_door(sp.tandg, entropies.tandg)
cotdg = ufunc_door(sp.cotdg, entropies.cotdg)
radian = ufunc_door(sp.radian, entropies.radian)
round = ufunc_door(sp.round, entropies.round)
boxcox = ufunc_door(sp.boxcox, entropies.boxcox)
boxcox1p = ufunc_door(sp.boxcox1p, entropies.boxcox1p)
inv_boxcox = ufunc_door(sp.inv_boxcox, entropies.inv_boxcox)
inv_boxcox1p = ufunc_door(sp.inv_boxcox1p, entropies.inv_boxcox1p)
huber = ufunc_door(sp.huber, entropies.huber)
pseudo_huber = ufunc_door(sp.pseudo_huber, entropies.pseudo_huber)
fresnel = ufunc_door(sp.fresnel, together(errors.fresnel_s, errors.fresnel_c))
modfresnelp = ufunc_door(sp.modfresnelp, together(errors.modfresnelp_f, errors.modfresnelp_k))
modfresnelm = ufunc_door(sp.modfresnelm, together(errors.modfresnelm_f, errors.modfresnelm_k))
sici = ufunc_door(sp.sici, together(integrals.sici_s, integrals.sici_c))
shichi = ufunc_door(sp.shichi, together(integrals.shichi_s, integrals.shichi_c))
itj0y0 = ufunc_door(sp.itj0y0, together(integrals.itj0y0_j, integrals.itj0y0_y))
it2j0y0 = ufunc_door(sp.it2j0y0, together(integrals.it2j0y0_j, integrals.it2j0y0_y))
iti0k0 = ufunc_door(sp.iti0k0, together(integrals.iti0k0_i, integrals.iti0k0_k))
it2i0k0 = ufunc_door(sp.it2i0k0, together(integrals.it2i0k0_i, integrals.it2i0k0_k))
ellipj = ufunc_door(
    sp.ellipj, together(elliptic.ellipj_sn, elliptic.ellipj_cn, elliptic.ellipj_dn, elliptic.ellipj_ph)
)

__all__ = [
    "agm",
    "beta",
    "betaln",
    "binom",
    "boxcox",
    "boxcox1p",
    "cbrt",
    "cosdg",
    "cosm1",
    "cotdg",
    "dawsn",
    "digamma",
    "ellipe",
    "ellipeinc",
    "ellipj",
    "ellipk",
    "ellipkinc",
    "ellipkm1",
    "elliprc",
    "elliprd",
    "elliprf",
    "elliprg",
    "elliprj",
    "entr",
    "erf",
    "erfc",
    "erfcinv",
    "erfcx",
    "erfi",
    "erfinv",
    "exp1",
    "exp2",
    "exp10",
    "expi",
    "expit",
    "expm1",
    "expn",
    "exprel",
    "fresnel",
    "gamma",
    "gammaln",
    "gammasgn",
    "huber",
    "hyp0f1",
    "hyp1f1",
    "hyp2f1",
    "hyperu",
    "inv_boxcox",
    "inv_boxcox1p",
    "it2i0k0",
    "it2j0y0",
    "it2struve0",
    "iti0k0",
    "itj0y0",
    "itmodstruve0",
    "itstruve0",
    "kl_div",
    "log1p",
    "log_expit",
    "log_ndtr",
    "log_wright_bessel",
    "loggamma",
    "logit",
    "modfresnelm",
    "modfresnelp",
    "ndtr",
    "ndtri",
    "ndtri_exp",
    "nrdtrimn",
    "nrdtrisd",
    "owens_t",
    "poch",
    "powm1",
    "pseudo_huber",
    "psi",
    "radian",
    "rel_entr",
    "rgamma",
    "round",
    "shichi",
    "sici",
    "sindg",
    "spence",
    "tandg",
    "voigt_profile",
    "wofz",
    "wright_bessel",
    "wrightomega",
    "xlog1py",
    "xlogy",
    "zetac",
]  # fmt: skip
