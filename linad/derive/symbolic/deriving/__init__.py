"""From equations and structures to the tangent program, and the second route to the cotangents."""
