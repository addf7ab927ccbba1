"""Text from outside, made fit to be kept."""


def keepable(text: str, longest: int) -> str:
    """``text`` with what UTF-8 cannot hold (lone surrogates) as ``?``, cut to ``longest`` characters."""
    return text[:longest].encode("utf-8", "replace").decode()
