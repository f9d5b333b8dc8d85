"""Public names without a row, each with its reason."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from linad.check.doors.case import NAMESPACES, Case
from linad.check.doors.scipy_special import WITHOUT_ROW
from linad.core.traced import replacements

CONSTANT = "locally constant: a plain result, whose derivative is zero where it exists"
_MAKES = "makes an array of sizes, names or files: nothing is differentiated"
_TELLS = "tells of types, settings, files or text"
PLAIN = "not mirrored: the original, for plain arrays; a traced one is refused"
_REFUSED = "refused by name"

# The names that a reason stands for, by namespace.
_NAMES: dict[str, dict[str, str]] = {
    "scipy.linalg": {
        _MAKES: "dft hadamard helmert hilbert invhilbert invpascal pascal",
        "discrete, of plain arrays: linad.value(A)": "bandwidth ishermitian issymmetric",
        _TELLS: "find_best_blas_type get_blas_funcs get_lapack_funcs",
        "random: it multiplies by a matrix that it draws": "clarkson_woodruff_transform",
        _REFUSED: "hessenberg schur",
        "written with NumPy's functions, SciPy's own differentiates": "solve_circulant",
        PLAIN: """
            cdf2rdf cho_solve_banded cholesky_banded coshm cosm cossin expm expm_cond expm_frechet
            fractional_matrix_power funm logm matmul_toeplitz matrix_balance ordqz qr_delete qr_insert qr_update qz
            rsf2csf signm sinhm sinm solve_banded solve_continuous_are solve_continuous_lyapunov
            solve_discrete_are solve_discrete_lyapunov solve_lyapunov solve_sylvester solve_toeplitz solveh_banded
            sqrtm tanhm tanm""",
    },
    "numpy.linalg": {CONSTANT: "matrix_rank"},
    "numpy.fft": {_MAKES: "fftfreq rfftfreq", PLAIN: "hfft ihfft"},
    "numpy": {
        CONSTANT: """
            all allclose any argmax argmin argsort array_equal around ceil count_nonzero equal fix floor floor_divide
            greater greater_equal isclose isfinite isinf isnan less less_equal logical_and logical_not
            logical_or logical_xor not_equal rint round searchsorted sign signbit trunc
            empty_like ones_like zeros_like""",
        _TELLS: """
            array2string array_repr array_str base_repr binary_repr broadcast_shapes busday_count busday_offset can_cast
            common_type datetime_as_string datetime_data einsum_path format_float_positional format_float_scientific
            get_include get_printoptions getbufsize geterr geterrcall info is_busday iscomplexobj isdtype isfortran
            isnat isrealobj isscalar issubdtype iterable load loadtxt min_scalar_type mintypecode ndim nested_iters
            printoptions promote_types result_type save savetxt savez savez_compressed set_printoptions setbufsize
            seterr seterrcall shape show_config show_runtime size test typename""",
        _MAKES: """
            arange bartlett blackman diag_indices empty eye frombuffer fromfile fromfunction fromiter fromregex
            fromstring from_dlpack frompyfunc full genfromtxt hamming hanning identity indices kaiser mask_indices ones
            tri tril_indices triu_indices zeros""",
        "of integers, bits or dates": """
            bincount bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
            bitwise_right_shift bitwise_xor gcd invert lcm left_shift packbits ravel_multi_index right_shift unpackbits
            unravel_index""",
        "makes numpy.matrix, which linad does not know": "asmatrix bmat",
        "deprecated: vstack": "row_stack",
        PLAIN: """
            apply_over_axes asarray_chkfinite ascontiguousarray asfortranarray cumulative_prod
            cumulative_sum diag_indices_from diagflat ediff1d frexp geomspace histogram2d histogram_bin_edges
            histogramdd i0 intersect1d isneginf isposinf ix_ ldexp lexsort logspace nanargmax nanargmin nancumprod
            nancumsum nanmedian nanpercentile nanquantile nextafter poly polyadd polyder polydiv polyfit polyint
            polymul polysub require roots setdiff1d setxor1d sort_complex spacing tril_indices_from
            trim_zeros triu_indices_from union1d unique_all unique_counts unique_inverse unique_values unwrap
            vander""",
    },
}


def listed(namespace: str) -> dict[str, str]:
    """The names that are listed here, with their reasons."""
    if namespace == "scipy.special":
        return dict(WITHOUT_ROW)
    groups = _NAMES.get(namespace, {})
    return {name: reason for reason, names in groups.items() for name in names.split()}


def public_names(namespace: str) -> list[str]:
    """The functions of a namespace: what it lists, but types, modules and numbers."""
    original = import_module(namespace)
    return sorted(name for name in original.__all__ if _is_function(getattr(original, name)))


def _is_function(x: Any) -> bool:
    return callable(x) and not inspect.isclass(x)


def without_row(namespace: str, cases: Iterable[Case]) -> dict[str, str]:
    """The functions of a namespace without a case: the reason, or the empty string where none is known."""
    rows = {case.function for case in cases if case.namespace == namespace}
    original, reasons = import_module(namespace), listed(namespace)
    mirrored = set(import_module(NAMESPACES[namespace]).__all__)
    for name in public_names(namespace):
        if name not in mirrored and getattr(original, name) in replacements:
            reasons[name] = f"{_REFUSED}. {replacements[getattr(original, name)]}"
    return {name: reasons.get(name, "") for name in public_names(namespace) if name not in rows}
