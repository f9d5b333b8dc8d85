"""Numbers only: plain arrays in, plain arrays out. The only place that calls BLAS and LAPACK."""
