"""What to write in the place of NumPy's functions that have no derivative rule: one line each."""

from __future__ import annotations

import numpy as np

from linad.core.traced import replacements

_WRITE = "A plain array cannot hold a traced one: {0}"

replacements.update(
    {
        # places and memberships
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
        # the spacing of floating-point numbers
        np.nextafter: "The neighbour differs by rounding: x itself, or numpy.nextafter(linad.value(x), y).",
        np.spacing: "It is constant between powers of two: numpy.spacing(linad.value(x)).",
        np.frompyfunc: "f(x) on whole arrays, or numpy.stack([f(v) for v in x]).",
        # slices
        # printing and files
        np.array2string: "It shows values: numpy.array2string(linad.value(x)).",
        np.array_repr: "It shows values: repr(x).",
        np.array_str: "It shows values: str(x).",
        np.save: "Save values: linad.value(x).",
        np.savez: "Save values: linad.value(x).",
        np.savetxt: "Save values: linad.value(x).",
    }
)
