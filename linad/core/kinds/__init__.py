"""The kinds of primitives. The kind gives both modes; a declaration gives what is particular.

=============  ==================================================================================================
elementwise    dy = a dx, or dy = a dx + b conj(dx) where it is not holomorphic; operands broadcast
linear         linear over the reals: the operation is its own tangent; an adjoint is declared
multilinear    linear in each operand: the tangent is the product rule; an adjoint by operand is declared
composition    a defining equation: both rules come from a :class:`Rule`, usually a derived one
custom         both rules are declared
discrete       locally constant: no derivative
aid            discrete, computed once for each traced value and remembered there (a factorization)
=============  ==================================================================================================

Rules are written over operations, not over NumPy, so they can be differentiated again. They look at shapes and
dtypes of their operands, never at numbers: a number read in a rule would be frozen when the computation is
replayed.
"""

from linad.core.kinds.composition import ByHand, Rule, composition
from linad.core.kinds.custom import PART, aid, custom, discrete, joint_aid, reading
from linad.core.kinds.derived import Derived, rules_come_from
from linad.core.kinds.elementwise import BINARY, OTHER, UNARY, elementwise
from linad.core.kinds.linear import bilinear, linear, multilinear
from linad.core.kinds.steps import exceptional, look, outcome, steady
from linad.core.primitive import Sample

__all__ = [
    "BINARY",
    "OTHER",
    "PART",
    "UNARY",
    "ByHand",
    "Derived",
    "Rule",
    "Sample",
    "aid",
    "bilinear",
    "composition",
    "custom",
    "discrete",
    "elementwise",
    "exceptional",
    "joint_aid",
    "linear",
    "look",
    "multilinear",
    "outcome",
    "reading",
    "rules_come_from",
    "steady",
]
