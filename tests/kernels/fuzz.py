"""python tests/kernels/fuzz.py SEED CASES [emulated]: calls with random operands, sound ones and not.

Each call computes what NumPy computes, or raises; and nothing is written outside of what is overwritten. A call whose
operands are sound must compute. Run by test_no_crash in a process of its own.
"""

import faulthandler
import sys
import traceback
import warnings
from collections import Counter

import fuzz_blas
import fuzz_lapack
import fuzz_unitary
import numpy as np
from fuzz_operands import Draw

from linad.kernels import emulated, pointers

BUILDERS = fuzz_blas.BUILDERS | fuzz_lapack.BUILDERS | fuzz_unitary.BUILDERS


def main(seed, cases, through_wrappers):
    faulthandler.enable()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    if through_wrappers:
        for kind in pointers.KINDS.values():
            replaced = pointers.Kind(kind.letter, {})
            kind.run.update(replaced.run)
            assert all(routine.__module__ == emulated.__name__ for routine in kind.run.values())
    ran = Counter()
    for case in range(cases):
        rng = np.random.default_rng([seed, case])
        name = list(BUILDERS)[case % len(BUILDERS)]
        draw = Draw(rng, spoil=rng.random() < 0.6)
        try:
            ran[name, one_case(name, draw)] += 1
        except Exception:
            print(f"case {case} of seed {seed}, {name}, {draw.dtype}, spoilt: {draw.spoil}", flush=True)
            traceback.print_exc(file=sys.stdout)
            return 1
    outcomes = Counter(outcome for (_, outcome), times in ran.items() for _ in range(times))
    print(", ".join(f"{outcome} {times}" for outcome, times in sorted(outcomes.items())))
    missing = [name for name in BUILDERS if not ran[name, "right"]]
    print("never right:", missing) if missing else None
    return 1 if missing else 0


def one_case(name, draw):
    function, arguments, outputs, check = BUILDERS[name](draw)
    before = [np.array(X) if isinstance(X, np.ndarray) else X for X in arguments]
    memory = [whole.copy() for whole in draw.memory]
    try:
        result = function(*arguments)
    except Exception:
        assert draw.spoil, "sound operands were refused"
        assert all(map(np.array_equal, draw.memory, memory)), "refused, and memory has changed"
        return "refused"
    after = [np.array(X) if isinstance(X, np.ndarray) else X for X in arguments]
    for i in outputs:
        arguments[i][...] = before[i]
    assert all(map(np.array_equal, draw.memory, memory)), "written outside of what is overwritten"
    numeric = [X for X in before if isinstance(X, np.ndarray | float | complex)]
    if not all(np.all(np.abs(X) < 1e6) for X in numeric):
        return "not finite"  # or far off, where items overlap by halves
    return "right" if check(before, after, result) is not False else "undecided"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), "emulated" in sys.argv[3:]))
