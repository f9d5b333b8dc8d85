"""The calls of numpy's reductions, and of what moves entries."""

from __future__ import annotations

from functools import partial

from linad.check.doors.case import cases

_of = partial(cases, "numpy")
_ALL = "it is one result of all entries, or of the axes that the call names"

CASES = (
    # reductions
    *_of(
        """
        sum(b, axis=-1); sum(B, axis=(-2, -1), keepdims=True); prod(b, axis=-1); mean(b, axis=-1)
        var(b, axis=-1); var(b, axis=-1, ddof=1); std(b, axis=-1); cumsum(b, axis=-1); cumprod(b, axis=-1)
        diff(b, axis=-1); diff(b, n=2, prepend=0, axis=-1); average(b, axis=-1); trapezoid(b, dx=0.5)
        sort(b, axis=-1)
        """,
    ),
    *_of(
        """
        max(b, axis=-1); min(b, axis=-1); amax(b, axis=-1); amin(b, axis=-1); ptp(b, axis=-1)
        """,
        no_complex="complex numbers have no order that a derivative could follow",
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
        trapezoid(b, t); tile(b, 2); asarray(b); asanyarray(b)
        """,
    ),
    *_of(
        """
        reshape(B, (2, 3)); ravel(B); transpose(R, (2, 0, 1)); permute_dims(R, (2, 0, 1)); moveaxis(R, 0, -1)
        rollaxis(R, 2); diag(b); diag(A, 1); broadcast_to(b, (2, 3)); broadcast_arrays(B, e)
        flipud(B); fliplr(B); atleast_1d(s); atleast_2d(b); atleast_3d(b); hstack([A, B]); vstack([A, F])
        dstack([b, c]); column_stack([b, c]); hsplit(R, 3); vsplit(R, 2); dsplit(R, 2); unstack(B)
        array([b, c]); compress(np.array([True, False, True]), b)
        extract(np.array([True, False, True]), b); take_along_axis(b, np.array([2, 0, 2]), 0); full_like(b, s)
        """,
        no_batch=_ALL,
    ),
)
