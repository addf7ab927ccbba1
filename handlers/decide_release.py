"""May an image be shown? What nobody has looked at is not shown."""

from pipeline.actor import actor
from pipeline.ports import ReleaseBands
from pipeline.results import Failed, Nudity, Release, Skipped


@actor(timeout=5, memory=256)
def decide_release(nudity: Nudity | Failed | Skipped, bands: ReleaseBands) -> Release:
    """Clear an image, hold it, or ask a person.

    Every ending of the detector gets a decision, so that whoever waits for one never waits in vain: a
    detector that failed leaves the image to a person; a picture that cannot be read, or was never looked at,
    is held, since there is nothing that a person could look at either.
    """
    match nudity:
        case Nudity(score=score):
            return _by_score(score, bands)
        case Failed(reason=reason, rejected=True):
            return Release("held", f"The picture could not be read: {reason}")
        case Failed(reason=reason):
            return Release("review", f"Nobody has looked yet: the nudity detector failed. {reason}")
    return Release("held", f"Not looked at: {nudity.reason}")


def _by_score(score: float, bands: ReleaseBands) -> Release:
    if score < bands.safe_below:
        return Release("cleared", f"Nudity score {score:.0f} is below {bands.safe_below:.0f}.")
    if score >= bands.nude_from:
        return Release("held", f"Nudity score {score:.0f} is {bands.nude_from:.0f} or more.")
    return Release(
        "review", f"Nudity score {score:.0f} lies between {bands.safe_below:.0f} and {bands.nude_from:.0f}."
    )
