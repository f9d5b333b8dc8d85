"""Every public function, in a process that opens no door but its own: what a rule needs beyond it opens by itself."""

import os
import pickle
import subprocess
import sys

import pytest

from linad.check.doors import CASES, NAMESPACES, points

# Each case in a child of a process that has imported nothing but linad.
PROGRAM = """
import os, pickle, sys, warnings
from importlib import import_module
import numpy as np
import linad as ln
from linad.core import tree

warnings.simplefilter("ignore")

def tried(module, function, letters, call, args):
    space = {"np": np, function: getattr(import_module(module), function)}
    out, pull = ln.vjp(eval(f"lambda {letters}: {call}", space), *args)
    ones = tree.map_leaves(lambda _, y: np.ones_like(y) if np.asarray(y).dtype.kind in "fc" else None, out)
    try:
        pull(ones)
    except ln.errors.GaugeError:  # ones see signs and phases
        pass

for case in pickle.load(sys.stdin.buffer):
    child = os.fork()
    if not child:
        try:
            tried(*case)
        except BaseException as error:
            print(f"{case[0]}: {case[3]}: {error!r}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.parametrize("module", [*dict.fromkeys(NAMESPACES.values()), "numpy.linalg"])
def test_a_function_needs_no_door_but_its_own(module):
    mirrored = NAMESPACES.get(module, module)
    first = {case.function: case for case in reversed(CASES) if NAMESPACES[case.namespace] == mirrored}
    tried = [
        (module, case.function, ", ".join(case.letters), case.call, next(points(case)).operands())
        for case in first.values()
    ]
    assert tried
    run = subprocess.run([sys.executable, "-c", PROGRAM], input=pickle.dumps(tried), capture_output=True)
    assert run.stdout.decode() == run.stderr.decode() == ""
