"""Matrix calculus: expressions of scalars, vectors, matrices and tensors, read, simplified, differentiated, written."""
