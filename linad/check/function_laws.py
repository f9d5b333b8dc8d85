"""The laws that speak of a user's function, from the table of all: what each needs, an order and modes."""

from __future__ import annotations

from dataclasses import replace

from linad.check.first_order import the_cotangent_agrees_with_differences
from linad.check.laws import BY_NAME

FORWARD, REVERSE, BOTH = ("forward",), ("reverse",), ("forward", "reverse")

by_differences = BY_NAME["differences"]
LAWS = (
    (1, BOTH, BY_NAME["value"]),
    (1, FORWARD, replace(by_differences, name="forward")),
    (1, REVERSE, replace(by_differences, name="reverse", gaps=the_cotangent_agrees_with_differences)),
    (1, BOTH, BY_NAME["adjoint"]),
    (1, BOTH, BY_NAME["subset"]),
    (2, BOTH, BY_NAME["form"]),
    (2, FORWARD, BY_NAME["forward-forward"]),
    (2, BOTH, BY_NAME["forward-reverse"]),
    (2, BOTH, BY_NAME["reverse-forward"]),
    (2, REVERSE, BY_NAME["reverse-reverse"]),
    (2, BOTH, BY_NAME["twice"]),
    (3, BOTH, BY_NAME["third"]),
)
CLAIM = replace(by_differences, name="gradient")  # of a derivative that was given
FORM = BY_NAME["form"]
BY_ENTRY = ("forward", "reverse", "gradient")
