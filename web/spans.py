"""Spans of time in as few letters as people need."""


def seconds(number: float) -> str:
    """``0.4 s``, ``34 s``, ``3 min``, ``5 h``, ``4 days``; from minutes on, those that are full."""
    if number < 9.95:
        return f"{number:.1f} s"
    if number < 120:
        return f"{number:.0f} s"
    for least, length, unit in ((7200, 60, "min"), (172_800, 3600, "h")):
        if number < least:
            return f"{number // length:.0f} {unit}"
    return f"{number // 86_400:.0f} days"


def milliseconds(number: float) -> str:
    """``0.4 ms``, ``34 ms``, ``1.2 s``."""
    if number < 9.95:
        return f"{number:.1f} ms"
    return f"{number:.0f} ms" if number < 999.5 else seconds(number / 1000)
