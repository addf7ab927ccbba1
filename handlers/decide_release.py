"""May an image be shown? What nobody has looked at is not shown."""

from pipeline.actor import actor
from pipeline.ports import Notes, ReleaseBands
from pipeline.results import Arrived, Failed, Nudity, Release, Skipped

ASKED = "A person asked that nobody sees it before a moderator has looked."
RELEASED = "A moderator looked at it and released it."


@actor(timeout=5, memory=256)
def decide_release(
    arrived: Arrived, nudity: Nudity | Failed | Skipped, bands: ReleaseBands, notes: Notes
) -> Release:
    """Clear an image, hold it, or ask a person.

    Every ending of the detector gets a decision, so that whoever waits for one never waits in vain: a
    detector that failed leaves the image to a person; a picture that cannot be read, or was never looked at,
    is held, since there is nothing that a person could look at either. The wish ``hold`` goes before the wish
    ``release``, which only somebody at the command line can have; neither holds or clears what is held anyway
    because it cannot be looked at.
    """
    found = _by_detector(nudity, bands)
    if notes.get(arrived.image, "hold"):
        return Release("review", ASKED) if found.decision == "cleared" else found
    visible = isinstance(nudity, Nudity) or (isinstance(nudity, Failed) and not nudity.rejected)
    if visible and found.decision != "cleared" and notes.get(arrived.image, "release"):
        return Release("cleared", RELEASED)
    return found


def _by_detector(nudity: Nudity | Failed | Skipped, bands: ReleaseBands) -> Release:
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
