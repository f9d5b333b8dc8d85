"""SciPy's and NumPy's own tests with linad's functions swapped in: python -m tests.conformance --help."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.conformance.conduct import MODULES, Verdict, check, run
from tests.conformance.swapping import MODES, offered


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance", description=__doc__.partition(":")[0]
    )
    parser.add_argument("-m", "--module", default="", help="a part of a module's name: decomp_lu, numpy")
    parser.add_argument("-k", "--name", default="", help="an expression over names of tests, as pytest's -k")
    parser.add_argument("--mode", choices=MODES, action="append", help="one of them (default: both)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("--functions", action="store_true", help="how often each function met a traced array")
    parser.add_argument("--baseline", action="store_true", help="run without any swap, and count")
    return parser.parse_args()


def main() -> int:
    options = parsed()
    modules = [module for module in MODULES if options.module in module]
    with ThreadPoolExecutor(options.jobs) as pool:
        if options.baseline:
            runs = pool.map(lambda module: run(module, "none", options.name), modules)
            for module, found in zip(modules, runs, strict=True):
                counts = Counter(outcome for outcome, _ in found.outcomes.values())
                print(f"{module:42}", ", ".join(f"{n} {outcome}" for outcome, n in counts.items()))
            return 0
        cases = [(module, mode) for module in modules for mode in options.mode or MODES]
        verdicts = list(pool.map(lambda case: check(*case, options.name), cases))
    table(dict(zip(cases, verdicts, strict=True)))
    if options.functions:
        functions(verdicts)
    return 0 if all(verdict.holds for verdict in verdicts) else 1


def table(verdicts: dict[tuple[str, str], Verdict]) -> None:
    """Counts first, then the tests that break, with their errors."""
    print(f"swapped in: {len(list(offered()))} functions\n")
    print(f"{'module':42} {'mode':7} passed  broken  listed   stale   alike       s")
    for (module, mode), v in verdicts.items():
        counts = (v.passed, len(v.broken), len(v.listed), len(v.stale), v.alike)
        print(f"{module:42} {mode:7}", " ".join(f"{n:6} " for n in counts), f"{v.seconds:6.1f}")
    print(
        "\nbroken: fails only with the swap; stale: listed, not broken; alike: skipped or failing without too"
    )
    for (module, mode), v in verdicts.items():
        if not v.holds:
            print(f"\n{module}, {mode}\n{v}")


def functions(verdicts: list[Verdict]) -> None:
    calls: Counter[str] = Counter()
    for verdict in verdicts:
        calls.update(verdict.calls)
    print(f"\n{'function':36} calls traced   plain")
    for namespace, name, _ in offered():
        whole = f"{namespace.__name__}.{name}"
        print(f"{whole:36} {calls[f'{whole} traced']:12} {calls[f'{whole} plain']:7}")


if __name__ == "__main__":
    sys.exit(main())
