"""Who may be told about a picture. Pure."""

from pipeline.model import Source


def may_see(source: Source, team: str, channel: str, person: str) -> bool:
    """Pictures of private places are told of there and to whoever posted them; of other workspaces, never."""
    if source.team and source.team != team:
        return False
    return not source.private or source.channel == channel or (bool(person) and source.person == person)
