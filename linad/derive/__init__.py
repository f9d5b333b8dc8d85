"""The composition method: equations in, rules out."""
