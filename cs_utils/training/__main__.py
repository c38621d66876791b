"""`python -m cs_utils.training`: train a recipe on CIFAR-10."""

import sys

from cs_utils.training.recipes import main

sys.exit(main())
