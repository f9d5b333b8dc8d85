"""Run every example and draw its figure: python -m examples."""

from importlib import import_module

from examples import NAMES

for name in NAMES:
    print(f"== {name}", flush=True)
    import_module(f"examples.{name}").main()
