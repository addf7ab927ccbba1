"""Measurements, side by side with peers. Numerics keep to one processor, as in a worker."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded
