"""Published copies by their addresses on this site, for pages that ask no other host."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.markup import Candidates, candidates
from pipeline.model import Rendition


def local(renditions: Sequence[Rendition], widest: int) -> list[Candidates]:
    """One set per format, at most so many pixels wide; all of them where none is so narrow."""
    here = [replace(each, url=f"/i/{each.key}") for each in renditions]
    few = [each for each in here if each.width <= widest]
    return candidates(few) or candidates(here)
