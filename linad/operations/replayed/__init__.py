"""How operations on small arrays are written in quick programs.

numbers       numbers, and entries in a row
products      products, of rows and columns too
sums          sums and differences
systems       LU factors, and what is solved with them
determinants  and their logarithms
factors       L and U, Cholesky's factor
orthogonal    QR, eigenvalues and eigenvectors of symmetric matrices
looks         guards of arguments
"""

from linad.operations.replayed import (
    determinants,
    factors,
    looks,
    numbers,
    orthogonal,
    products,
    sums,
    systems,
)

__all__ = ["determinants", "factors", "looks", "numbers", "orthogonal", "products", "sums", "systems"]
