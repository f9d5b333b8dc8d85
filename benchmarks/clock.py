"""The clock on the wall; or, on a machine that others use too, the time that the process had a processor."""

import os
import time

CHOICE = "BENCHMARKS_CLOCK"  # the environment tells the worker processes
PROCESSOR = "processor"

now = time.process_time if os.environ.get(CHOICE) == PROCESSOR else time.perf_counter
