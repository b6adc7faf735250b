"""`python -m svcproof`."""

import sys

from svcproof.cli import main

sys.exit(main())
