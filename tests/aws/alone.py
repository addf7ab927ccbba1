"""Runs one actor as its function would, with nothing to import but a package: a program of its own.

    python -I -S alone.py PACKAGE FOLDER ACTOR

The ports are those of the AWS engine; only what would ask a service is answered in FOLDER. There lie the
results of the actors before it, and there its own goes, as ACTOR.json: [the result's class, its JSON].
"""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any


class Bare:
    """What the table would know of an image that nobody has met before and that may be seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def standing(self, _image: str) -> Any:
        from pipeline.publication import Standing

        made = [read(self.folder, name) for name in ("make_renditions", "make_copies")]
        return Standing(
            shown=True, keys=frozenset(r.key for each in made for r in each.renditions), runs=frozenset()
        )

    def still(self, image: str) -> Any:
        return nullcontext(self.standing(image))

    def release(self, _sha256: str, _image: str, remove: Any) -> bool:
        remove()
        return True

    def nothing(self, *_: object) -> None:
        """Nobody wished for anything, had the same bytes, or is to look at it again."""

    get = claim = of = make = nothing


def read(folder: Path, name: str) -> Any:
    from pipeline import codec

    return codec.load(*json.loads((folder / f"{name}.json").read_text()))


def ports(base: Any, actor: Any, folder: Path) -> dict[type, object]:
    """The engine's own ports; what would ask DynamoDB or S3 in the folder instead."""
    from loupe.cloud import wiring
    from loupe.given import Everybody
    from pipeline import ports as port
    from pipeline.adapters.disk_store import DiskStore
    from pipeline.adapters.incoming import FileIncoming
    from pipeline.publication import Standings

    found, store, bare = wiring.ports_of(base, actor), DiskStore(folder / "store"), Bare(folder)
    if port.Pictures in found:
        from pipeline.adapters.pictures import StoredPictures

        found[port.Pictures] = StoredPictures(store)
    if port.Archive in found:
        from pipeline.adapters.zstd_archive import ZstdArchive

        found[port.Archive] = ZstdArchive(folder / "archive")
    tabled = dict.fromkeys(
        (port.Twins, port.Notes, port.Owners, port.Uses, port.Appointments, Standings), bare
    )
    here = {port.Store: store, port.Public: DiskStore(folder / "public"), port.Incoming: FileIncoming()}
    heard = {port.News: Everybody(())}
    return found | {kind: answer for kind, answer in (tabled | here | heard).items() if kind in found}


def main(folder: Path, name: str) -> None:
    from loupe import aws as entries
    from loupe import settings
    from loupe.cloud.ground import cloud
    from pipeline import codec

    assert callable(entries.act)
    base = cloud(settings.load())
    actor = base.chain.actor(name)
    awaited = zip(actor.awaits, base.chain.awaited(actor), strict=True)
    given: dict[str, Any] = {parameter: read(folder, row) for parameter, row in awaited}
    handed = ports(base, actor, folder)
    result = actor.function(**given, **{parameter: handed[kind] for parameter, kind in actor.ports.items()})
    (folder / f"{name}.json").write_text(json.dumps([codec.kind(result), codec.dump(result)]))


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main(Path(sys.argv[2]), sys.argv[3])
    strangers = [p for p in sys.path if "site-packages" in p or "dist-packages" in p]
    assert not strangers, strangers
