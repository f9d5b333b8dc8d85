"""The names of scipy.special that are not differentiated, by the reason why."""

from __future__ import annotations

import scipy.special

from linad.core.traced import replacements

_NO_RULE = "no derivative is known to linad: a traced array is refused by name"
_NAMES = {
    _NO_RULE: """
        bdtrik bdtrin besselpoly btdtria btdtrib chndtridf chndtrinc fdtridfd
        mathieu_a mathieu_b nbdtrik nbdtrin ncfdtr ncfdtri ncfdtridfd ncfdtridfn ncfdtrinc nctdtr nctdtridf
        nctdtrinc nctdtrit obl_cv pdtrik pro_cv smirnov smirnovi stdtridf""",
    "not mirrored: the original, for plain arrays": """
        assoc_legendre_p_all ellip_harm ellip_harm_2 ellip_normal legendre_p_all lmbda lqmn lqn pbdn_seq pbdv_seq
        pbvv_seq riccati_jn riccati_yn sph_harm_y_all sph_legendre_p_all""",
    "of whole numbers: a table": """
        ai_zeros bei_zeros beip_zeros ber_zeros bernoulli berp_zeros bi_zeros erf_zeros euler factorial2 factorialk
        fresnel_zeros fresnelc_zeros fresnels_zeros jn_zeros jnjnp_zeros jnp_zeros jnyn_zeros kei_zeros keip_zeros
        kelvin_zeros ker_zeros kerp_zeros mathieu_even_coef mathieu_odd_coef obl_cv_seq pro_cv_seq stirling2
        y0_zeros y1_zeros y1p_zeros yn_zeros ynp_zeros""",
    "nodes and weights of a degree: constants": """
        c_roots cg_roots h_roots he_roots j_roots js_roots l_roots la_roots p_roots ps_roots roots_chebyc
        roots_chebys roots_chebyt roots_chebyu roots_gegenbauer roots_genlaguerre roots_hermite roots_hermitenorm
        roots_jacobi roots_laguerre roots_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_jacobi
        roots_sh_legendre s_roots t_roots ts_roots u_roots us_roots""",
    "a polynomial as an object of constants: eval_legendre and the like are differentiable": """
        chebyc chebys chebyt chebyu gegenbauer genlaguerre hermite hermitenorm jacobi laguerre legendre sh_chebyt
        sh_chebyu sh_jacobi sh_legendre""",
    "tells of errors": "SpecialFunctionError SpecialFunctionWarning errstate geterr seterr",
}
REASONS = {name: reason for reason, names in _NAMES.items() for name in names.split()}
NO_RULE = tuple(_NAMES[_NO_RULE].split())

for _name in NO_RULE:
    replacements[getattr(scipy.special, _name)] = (
        "Shapes, counts and characteristic values have no elementary derivative: differences are what is left."
    )
