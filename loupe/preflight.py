"""What must be right before anything is started; each fault ends the start with a sentence."""

from loupe.ground import ground
from loupe.settings import Settings
from pipeline.adapters.onnx_faces import YUNET
from pipeline.adapters.onnx_nudity import OPEN_NSFW
from pipeline.errors import Unavailable


def check(settings: Settings) -> None:
    """Open the ledger and look at the model files. Raises ``Unavailable`` or ``Declaration`` with words."""
    base = ground(settings)
    problems = base.database.read("PRAGMA quick_check")
    found = " ".join(str(problems[0][0]).split())
    if found != "ok":
        raise Unavailable(
            f"The ledger {settings.ledger} is damaged: {found}. Move it away or restore a copy"
            " of it, and start again; the originals are not touched."
        )
    base.database.close()
    OPEN_NSFW.path()
    YUNET.path()
