"""Numbers only: plain arrays in, plain arrays out. The only place that calls BLAS and LAPACK."""

from linad.kernels.memory import keep_what_is_freed

keep_what_is_freed()
