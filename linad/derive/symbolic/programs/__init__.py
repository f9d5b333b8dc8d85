"""Linear programs: data, adjoints, simplification, counts, source."""
