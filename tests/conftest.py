"""For all tests: examples that a property is tried on may take their time on a busy machine; numerics use one
processor, as in a worker."""

import os

from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
