"""`python -m cs_utils.training`: train a recipe on CIFAR-10."""

import sys

from cs_utils.system import replace_unprintable
from cs_utils.training.recipes import main

replace_unprintable()
sys.exit(main())
