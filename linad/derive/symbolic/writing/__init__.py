"""Programs and derivations as people read them: text and LaTeX."""
