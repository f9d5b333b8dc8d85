"""``python -m linad`` is the command ``linad``."""

import sys

from linad.cli import main

sys.exit(main())
