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
        "discrete: linad.linalg's answers are plain": "bandwidth ishermitian issymmetric",
        _TELLS: "find_best_blas_type get_blas_funcs get_lapack_funcs",
    },
    "numpy.linalg": {CONSTANT: "matrix_rank"},
    "numpy.fft": {_MAKES: "fftfreq rfftfreq"},
    "numpy": {
        CONSTANT: """
            all allclose any argmax argmin argpartition argsort argwhere array_equal array_equiv around ceil
            count_nonzero digitize equal fix flatnonzero floor floor_divide greater greater_equal isclose iscomplex
            isfinite isin isinf isnan isneginf isposinf isreal less less_equal lexsort logical_and logical_not
            logical_or logical_xor nanargmax nanargmin nonzero not_equal rint round searchsorted sign signbit trunc
            diag_indices_from tril_indices_from triu_indices_from empty_like ones_like zeros_like""",
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
            bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
            bitwise_right_shift bitwise_xor gcd invert lcm left_shift packbits ravel_multi_index right_shift unpackbits
            unravel_index""",
        "makes numpy.matrix, which linad does not know": "asmatrix bmat",
        "deprecated: vstack": "row_stack",
    },
}


def listed(namespace: str) -> dict[str, str]:
    """The names that are listed here, with their reasons."""
    if namespace == "scipy.special":
        return dict(WITHOUT_ROW)
    groups = _NAMES.get(namespace, {})
    return {name: reason for reason, names in groups.items() for name in names.split()}


# Of these the names that are not mirrored are no lack: they test, fit and draw.
_MIRRORED_IN_PART = ("scipy.stats",)


def public_names(namespace: str) -> list[str]:
    """The functions of a namespace: what it lists, but types, modules and numbers."""
    listing = NAMESPACES[namespace] if namespace in _MIRRORED_IN_PART else namespace
    original = import_module(namespace)
    return sorted(name for name in import_module(listing).__all__ if _is_function(getattr(original, name)))


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
