"""How unlikely it is that a picture without the mark looks as if it had it.

Both layers end in angles, one for each place the key chose, measured from where the mark would put them. In
a picture made without knowledge of the key these are independent and uniform over the circle, whatever the
picture shows, since the key's own angle is uniform and was subtracted. A mark pulls them towards zero, so
that the sum of their cosines grows. The chance that ``count`` such angles reach ``total`` is bounded
(Chernoff) by

    exp(-a total) I0(a)^count    for every a >= 0,

where I0, the modified Bessel function, is the mean of exp(a cos) over the circle. docs/watermark.md derives
it.
"""

from math import exp, log

import numpy as np

STEEPEST = 500.0
"""The largest a in use: I0 of it still fits a double, and the bound is then far below any that matters."""


def false_alarm(total: float, count: int, tries: float = 1) -> float:
    """Bound, 0 to 1, on the chance that any of ``tries`` sums of ``count`` cosines is ``total`` or more."""
    if count == 0 or total <= 0:
        return 1.0
    slope = _slope(total / count)
    exponent = count * log(np.i0(slope)) - slope * total + log(tries)
    return exp(max(exponent, -700.0)) if exponent < 0 else 1.0


def _slope(mean: float) -> float:
    """The a that makes the bound nearly the smallest it can be; any other would only make it larger.

    Best and Fisher's approximation (1981) of the inverse of I1 / I0, for a ``mean`` cosine of 0 to 1.
    """
    if mean < 0.53:
        return 2 * mean + mean**3 + 5 * mean**5 / 6
    if mean < 0.85:
        return -0.4 + 1.39 * mean + 0.43 / (1 - mean)
    return 1 / max(mean**3 - 4 * mean**2 + 3 * mean, 1 / STEEPEST)
