"""Bessel, Airy, Kelvin, Mathieu, spheroidal and Legendre functions."""

from __future__ import annotations

import scipy.special as sp

from linad.core.dispatch import ufunc_door
from linad.operations.special import airy_kelvin as ak
from linad.operations.special import bessel, waves
from linad.operations.special.declaring import together

jn = jv = ufunc_door(sp.jv, bessel.jv)
yv = ufunc_door(sp.yv, bessel.yv)
hankel1 = ufunc_door(sp.hankel1, bessel.hankel1)
hankel2 = ufunc_door(sp.hankel2, bessel.hankel2)
hankel1e = ufunc_door(sp.hankel1e, bessel.hankel1e)
hankel2e = ufunc_door(sp.hankel2e, bessel.hankel2e)
jve = ufunc_door(sp.jve, bessel.jve)
yve = ufunc_door(sp.yve, bessel.yve)
iv = ufunc_door(sp.iv, bessel.iv)
kv = ufunc_door(sp.kv, bessel.kv)
kve = ufunc_door(sp.kve, bessel.kve)
ive = ufunc_door(sp.ive, bessel.ive)
kn = ufunc_door(sp.kn, bessel.kn)
yn = ufunc_door(sp.yn, bessel.yn)
j0 = ufunc_door(sp.j0, bessel.j0)
j1 = ufunc_door(sp.j1, bessel.j1)
y0 = ufunc_door(sp.y0, bessel.y0)
y1 = ufunc_door(sp.y1, bessel.y1)
i0 = ufunc_door(sp.i0, bessel.i0)
i1 = ufunc_door(sp.i1, bessel.i1)
k0 = ufunc_door(sp.k0, bessel.k0)
k1 = ufunc_door(sp.k1, bessel.k1)
i0e = ufunc_door(sp.i0e, bessel.i0e)
i1e = ufunc_door(sp.i1e, bessel.i1e)
k0e = ufunc_door(sp.k0e, bessel.k0e)
k1e = ufunc_door(sp.k1e, bessel.k1e)
struve = ufunc_door(sp.struve, bessel.struve)
modstruve = ufunc_door(sp.modstruve, bessel.modstruve)
ber = ufunc_door(sp.ber, ak.ber)
bei = ufunc_door(sp.bei, ak.bei)
ker = ufunc_door(sp.ker, ak.ker)
kei = ufunc_door(sp.kei, ak.kei)
berp = ufunc_door(sp.berp, ak.berp)
beip = ufunc_door(sp.beip, ak.beip)
kerp = ufunc_door(sp.kerp, ak.kerp)
keip = ufunc_door(sp.keip, ak.keip)
mathieu_cem = ufunc_door(sp.mathieu_cem, together(*waves.mathieu_cem))
mathieu_sem = ufunc_door(sp.mathieu_sem, together(*waves.mathieu_sem))
mathieu_modcem1 = ufunc_door(sp.mathieu_modcem1, together(*waves.mathieu_modcem1))
mathieu_modcem2 = ufunc_door(sp.mathieu_modcem2, together(*waves.mathieu_modcem2))
mathieu_modsem1 = ufunc_door(sp.mathieu_modsem1, together(*waves.mathieu_modsem1))
mathieu_modsem2 = ufunc_door(sp.mathieu_modsem2, together(*waves.mathieu_modsem2))
pbdv = ufunc_door(sp.pbdv, together(*waves.pbdv))
pbvv = ufunc_door(sp.pbvv, together(*waves.pbvv))
pbwa = ufunc_door(sp.pbwa, together(*waves.pbwa))
pro_ang1 = ufunc_door(sp.pro_ang1, together(*waves.pro_ang1))
pro_rad1 = ufunc_door(sp.pro_rad1, together(*waves.pro_rad1))
pro_rad2 = ufunc_door(sp.pro_rad2, together(*waves.pro_rad2))
obl_ang1 = ufunc_door(sp.obl_ang1, together(*waves.obl_ang1))
obl_rad1 = ufunc_door(sp.obl_rad1, together(*waves.obl_rad1))
obl_rad2 = ufunc_door(sp.obl_rad2, together(*waves.obl_rad2))
pro_ang1_cv = ufunc_door(sp.pro_ang1_cv, together(*waves.pro_ang1_cv))
pro_rad1_cv = ufunc_door(sp.pro_rad1_cv, together(*waves.pro_rad1_cv))
pro_rad2_cv = ufunc_door(sp.pro_rad2_cv, together(*waves.pro_rad2_cv))
obl_ang1_cv = ufunc_door(sp.obl_ang1_cv, together(*waves.obl_ang1_cv))
obl_rad1_cv = ufunc_door(sp.obl_rad1_cv, together(*waves.obl_rad1_cv))
obl_rad2_cv = ufunc_door(sp.obl_rad2_cv, together(*waves.obl_rad2_cv))
lpmv = ufunc_door(sp.lpmv, waves.lpmv)
airy = ufunc_door(sp.airy, together(ak.airy_ai, ak.airy_aip, ak.airy_bi, ak.airy_bip))
airye = ufunc_door(sp.airye, together(ak.airye_ai, ak.airye_aip, ak.airye_bi, ak.airye_bip))
itairy = ufunc_door(sp.itairy, together(ak.itairy_ap, ak.itairy_bp, ak.itairy_an, ak.itairy_bn))
kelvin = ufunc_door(sp.kelvin, together(ak.kelvin_be, ak.kelvin_ke, ak.kelvin_bep, ak.kelvin_kep))

__all__ = [
    "airy", "airye", "bei", "beip", "ber", "berp", "hankel1", "hankel1e", "hankel2", "hankel2e", "i0",
    "i0e", "i1", "i1e", "itairy", "iv", "ive", "j0", "j1", "jn", "jv", "jve", "k0", "k0e", "k1", "k1e",
    "kei", "keip", "kelvin", "ker", "kerp", "kn", "kv", "kve", "lpmv", "mathieu_cem", "mathieu_modcem1",
    "mathieu_modcem2", "mathieu_modsem1", "mathieu_modsem2", "mathieu_sem", "modstruve", "obl_ang1",
    "obl_ang1_cv", "obl_rad1", "obl_rad1_cv", "obl_rad2", "obl_rad2_cv", "pbdv", "pbvv", "pbwa",
    "pro_ang1", "pro_ang1_cv", "pro_rad1", "pro_rad1_cv", "pro_rad2", "pro_rad2_cv", "struve", "y0",
    "y1", "yn", "yv", "yve",
]  # fmt: skip
