"""What to write in the place of NumPy's functions that have no derivative rule: one line each."""

from __future__ import annotations

import numpy as np

from linad.core.traced import replacements

_PLACES = "The places are constant: numpy.{0}(linad.value(x)); entries are picked by x[mask]."
_WRITE = "A plain array cannot hold a traced one: {0}"
_MASK = "Choose first: {0}(numpy.where(numpy.isnan(x), neutral, x))."
_FACTOR = "Its equation, solved: numpy.linalg.solve(A, B)."

replacements.update(
    {
        # places and memberships
        np.nonzero: _PLACES.format("nonzero"),
        np.flatnonzero: _PLACES.format("flatnonzero"),
        np.argwhere: _PLACES.format("argwhere"),
        np.unique: _PLACES.format("unique"),
        np.digitize: "numpy.searchsorted(bins, x) gives constant places.",
        np.isin: "It is discrete: numpy.isin(linad.value(x), ...).",
        np.iscomplex: "numpy.imag(x) != 0.",
        np.isreal: "numpy.imag(x) == 0.",
        np.array_equiv: "numpy.array_equal(*numpy.broadcast_arrays(x, y)).",
        np.may_share_memory: "A traced array has no memory of its own: linad.value(x).",
        np.shares_memory: "A traced array has no memory of its own: linad.value(x).",
        # writing
        np.copyto: _WRITE.format("numpy.full_like(x, v), numpy.where or linad.numpy.index_set."),
        np.put: _WRITE.format("x = linad.numpy.index_set(x, i, v)."),
        np.place: _WRITE.format("x = linad.numpy.index_set(x, mask, v)."),
        np.putmask: _WRITE.format("x = numpy.where(mask, v, x)."),
        np.put_along_axis: _WRITE.format("x = linad.numpy.index_set(x, i, v)."),
        np.fill_diagonal: _WRITE.format("x - numpy.diag(numpy.diag(x)) + numpy.diag(v)."),
        # statistics
        np.nansum: _MASK.format("numpy.sum"),
        np.nanmean: "numpy.mean(x, where=~numpy.isnan(x)).",
        np.nanvar: "numpy.var(x, where=~numpy.isnan(x)).",
        np.nanstd: "numpy.std(x, where=~numpy.isnan(x)).",
        np.nanprod: _MASK.format("numpy.prod"),
        np.nanmax: _MASK.format("numpy.max"),
        np.nanmin: _MASK.format("numpy.min"),
        np.cov: "x = x - x.mean(1, keepdims=True); x @ x.T.conj() / (n - 1).",
        np.corrcoef: "The covariance divided by numpy.outer(s, s), s the standard deviations.",
        # slices
        np.apply_along_axis: "numpy.stack([f(row) for row in x]).",
        # calculus
        np.gradient: "Slices: (x[2:] - x[:-2]) / (2 * h).",
        np.interp: "i = numpy.searchsorted(xp, x), then the line through entries i - 1 and i.",
        np.convolve: "numpy.fft.irfft(numpy.fft.rfft(x, n) * numpy.fft.rfft(y, n), n).",
        np.correlate: "numpy.fft.irfft(numpy.fft.rfft(x, n) * numpy.conj(numpy.fft.rfft(y, n)), n).",
        np.cross: "x[[1, 2, 0]] * y[[2, 0, 1]] - x[[2, 0, 1]] * y[[1, 2, 0]].",
        np.polyval: "Horner's scheme: y = y * x + c for every coefficient c.",
        # ufuncs
        np.copysign: "numpy.abs(x) * numpy.sign(y).",
        np.fmax: "numpy.where(numpy.isnan(x), y, numpy.maximum(x, y)).",
        np.fmin: "numpy.where(numpy.isnan(x), y, numpy.minimum(x, y)).",
        np.fmod: "numpy.remainder(x, y), which takes the sign of y.",
        np.logaddexp2: "numpy.logaddexp(x * c, y * c) / c with c = numpy.log(2).",
        np.modf: "x - numpy.trunc(x), and numpy.trunc(x).",
        np.heaviside: "numpy.where(x > 0, 1.0, 0.0).",
        np.sinc: "numpy.where(x == 0, 1, numpy.sin(t) / t) with t = numpy.pi * numpy.where(x == 0, 1, x).",
        # numpy.linalg
        np.linalg.inv: "numpy.linalg.solve(A, numpy.eye(n)); better, solve for what it multiplies.",
        np.linalg.tensorsolve: _FACTOR,
        np.linalg.tensorinv: _FACTOR,
        np.linalg.norm: "numpy.sqrt(numpy.sum(numpy.abs(x) ** 2)) is the 2-norm of a vector.",
        np.linalg.vector_norm: "numpy.sqrt(numpy.sum(numpy.abs(x) ** 2, axis)).",
        np.linalg.matrix_power: "A @ A, repeated.",
        np.linalg.multi_dot: "A @ B @ C, with parentheses where that is cheaper.",
        # printing and files
        np.array2string: "It shows values: numpy.array2string(linad.value(x)).",
        np.array_repr: "It shows values: repr(x).",
        np.array_str: "It shows values: str(x).",
        np.save: "Save values: linad.value(x).",
        np.savez: "Save values: linad.value(x).",
        np.savetxt: "Save values: linad.value(x).",
    }
)
