"""``python -m benchmarks``: every ratio with its target. Exit status 1 where a target is missed."""

import argparse
import sys

from benchmarks import small

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("--seconds", type=float, default=3.0, help="time spent on each case")
sys.exit(0 if small.report(parser.parse_args().seconds) else 1)
