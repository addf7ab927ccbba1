"""The actors' dead-letter queues of the stack that a table belongs to, by their names."""

from loupe.settings import Settings
from loupe.template.parts import logical
from pipeline.adapters.sqs_queue import SqsQueue, queues
from pipeline.chain import Chain


def stack(settings: Settings) -> str:
    """The stack's name: CloudFormation calls its table ``STACK-Table-ABC123``; else the table's own name."""
    return settings.table.rpartition("-Table-")[0] or settings.table


def parked(settings: Settings, chain: Chain, actor: str | None = None) -> dict[str, SqsQueue]:
    """The queues of all actors or of one, by actor: ``STACK-DetectFacesParked``. Raises ``Unavailable``.

    What CloudFormation adds to the names is not looked at. An actor whose queue is not there is left out.
    """
    names = [actor] if actor else chain.names()
    prefixes = {f"{stack(settings)}-{logical(name)}Parked": name for name in names}
    found = {queue.name: queue for queue in queues(f"{stack(settings)}-")}
    return {
        prefixes[begin]: queue
        for name, queue in found.items()
        if (begin := next((each for each in prefixes if name == each or name.startswith(f"{each}-")), None))
    }
