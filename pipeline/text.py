"""Text from outside made fit to be kept, and numbers made fit to be read."""


def keepable(text: str, longest: int) -> str:
    """``text`` with what UTF-8 cannot hold (lone surrogates) as ``?``, cut to ``longest`` characters."""
    return text[:longest].encode("utf-8", "replace").decode()


def size(number: float) -> str:
    """A number of bytes in powers of 1000, as file managers show it."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(number) < 1000 or unit == "GB":
            break
        number /= 1000
    return f"{number:.0f} {unit}" if unit == "bytes" or abs(number) >= 100 else f"{number:.1f} {unit}"
