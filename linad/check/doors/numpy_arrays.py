"""The calls of numpy's reductions, and of what moves and makes entries."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases

_of = partial(cases, "numpy")
_ORDER = "complex numbers have no order that a derivative could follow"
_ALL = "it is one result of all entries, or of the axes that the call names"
_INDEX = "the index is one of the first axis: see the row with an ellipsis"

CASES = (
    # reductions
    *_of(
        """
        sum(b, axis=-1); sum(B, axis=(-2, -1), keepdims=True); prod(b, axis=-1); mean(b, axis=-1)
        var(b, axis=-1); var(b, axis=-1, ddof=1); std(b, axis=-1); cumsum(b, axis=-1); cumprod(b, axis=-1)
        diff(b, axis=-1); diff(b, n=2, prepend=0, axis=-1); average(b, axis=-1); trapezoid(b, dx=0.5)
        sort(b, axis=-1); cumulative_sum(b, axis=-1); cumulative_prod(b, axis=-1, include_initial=True)
        apply_along_axis(np.cumsum, -1, b); apply_over_axes(np.sum, B, -1)
        """,
    ),
    *_of(
        """
        max(b, axis=-1); min(b, axis=-1); amax(b, axis=-1); amin(b, axis=-1); ptp(b, axis=-1)
        """,
        no_complex=_ORDER,
    ),
    *_of(
        """
        average(b, weights=p); sum(R, axis=1); sum(b, initial=2.0)
        mean(b, where=np.array([True, False, True]))
        """,
        no_batch=_ALL,
    ),
    # shapes
    *_of(
        """
        swapaxes(B, -1, -2); matrix_transpose(B); expand_dims(b, -1); flip(b, axis=-1); roll(b, 1, axis=-1)
        tril(A); tril(A, 1); triu(A); take(b, np.array([2, 0, 2]), axis=-1); repeat(b, 2, axis=-1)
        concatenate([A, B], axis=-1); concat([A, B], axis=-1); stack([b, c], axis=-1); append(A, B, axis=-1)
        linspace(b, c, 4, axis=-1); trace(A, axis1=-2, axis2=-1); diagonal(A, axis1=-2, axis2=-1)
        split(b, [1], axis=-1); array_split(b, 2, axis=-1); squeeze(b)
        trapezoid(b, t); tile(b, 2); asarray(b); asanyarray(b); asarray_chkfinite(b); ascontiguousarray(b)
        require(b); asfortranarray(B); trim_zeros(b); rot90(A, axes=(-2, -1)); block([[A, B]])
        delete(b, 1, axis=-1); insert(b, 1, 2.0, axis=-1); logspace(b, c, 3, base=2.0, axis=-1)
        geomspace(p, q, 4, axis=-1)
        """,
    ),
    *_of(
        """
        reshape(B, (2, 3)); ravel(B); transpose(R, (2, 0, 1)); permute_dims(R, (2, 0, 1)); moveaxis(R, 0, -1)
        rollaxis(R, 2); diag(b); diag(A, 1); broadcast_to(b, (2, 3)); broadcast_arrays(B, e)
        flipud(B); fliplr(B); atleast_1d(s); atleast_2d(b); atleast_3d(b); hstack([A, B]); vstack([A, F])
        dstack([b, c]); column_stack([b, c]); hsplit(R, 3); vsplit(R, 2); dsplit(R, 2); unstack(B)
        array([b, c]); compress(np.array([True, False, True]), b)
        extract(np.array([True, False, True]), b); take_along_axis(b, np.array([2, 0, 2]), 0); full_like(b, b[0])
        diagflat(b); ediff1d(b, to_end=c); vander(b); vander(b, 4, increasing=True)
        meshgrid(b, e); ix_(b, e); resize(B, (2, 2)); insert(b, [0, 2], s); rot90(B)
        linspace(b, s, 3); logspace(b, c, 3, base=p); array([[s, 1], [2, s]])
        """,
        no_batch=_ALL,
    ),
    # padding
    *_of(
        """
        pad(b, {-1: (1, 2)}); pad(b, {-1: (1, 2)}, mode='edge'); pad(b, {-1: (2, 3)}, mode='wrap')
        pad(b, {-1: (3, 4)}, mode='reflect'); pad(b, {-1: (2, 2)}, mode='reflect', reflect_type='odd')
        pad(b, {-1: (2, 4)}, mode='symmetric'); pad(b, {-1: 2}, mode='linear_ramp')
        pad(b, {-1: 2}, mode='median'); pad(b, {-1: 2}, mode='mean'); pad(b, {-1: 2}, mode='mean', stat_length=2)
        """,
    ),
    *_of(
        "pad(b, {-1: 2}, mode='maximum')",
        "pad(b, {-1: 2}, mode='minimum')",
        no_complex=_ORDER,
    ),
    *_of("pad(b, 2, constant_values=s)", "pad(b, 2, mode='linear_ramp', end_values=e)", no_batch=_ALL),
)

OWN = (
    *cases(
        "linad.numpy",
        "index_set(b, np.array([2, 0]), e); index_add(b, np.array([2, 0, 2]), c)",
        no_batch=_INDEX,
    ),
    *cases("linad.numpy", "index_set(B, (..., 0), b)", "index_add(b, (..., np.array([0, 0])), e)"),
)
