"""How operations on small arrays are written in quick programs.

sums        sums, of products too, and what stands around them
systems     LU factors, and what is solved with them
factors     L and U, Cholesky's factor
orthogonal  QR, eigenvalues and eigenvectors of symmetric matrices
looks       guards of arguments
"""

from linad.operations.replayed import factors, looks, orthogonal, sums, systems

__all__ = ["factors", "looks", "orthogonal", "sums", "systems"]
