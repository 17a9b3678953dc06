"""`python -m armsym`."""

import sys

from armsym.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
