"""Pictures that are erased: what they leave behind in a long life, and what is left of them."""

import json
from pathlib import Path
from typing import Any

from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.erasing import Erasure, Places, erase
from pipeline.publication import staged
from tests.flow.storehouse import House

NAME = 'Zoë\'s holiday "one".png'
PERSON = "U0ADALOVELACE"


def places(here: House) -> Places:
    """Everywhere that something of an image can be."""
    return Places(
        engine=here.engine(),
        eraser=here.ground.eraser,
        store=here.store,
        archive=here.archive,
        public=DiskStore(here.folder / "public"),
        cdn=LocalCdn("http://127.0.0.1"),
        cards=here.ground.cards,
    )


def gone(here: House, image: str, patience: float = 5) -> Erasure:
    return erase(places(here), image, patience)


def bytes_of(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def speak_of(here: House, *words: str) -> list[str]:
    """Files below the data folder, or a table, whose name or bytes have one of the words."""
    everything = bytes_of(here.folder) | {"table": here.ground.text().encode()}
    return [
        f"{name}: {word}"
        for name, data in everything.items()
        for word in words
        if word in name or word.encode() in data or json.dumps(word)[1:-1].encode() in data
    ]


def leave_traces(here: House, image: str) -> None:
    """Everything that a long life brings: web copies, wishes, appointments, a card."""
    store = here.store.folder
    for folder in (here.folder / "public" / image, store / staged(image), store / "purges" / image):
        folder.mkdir(parents=True)
        (folder / "w150-abc.jpg").write_bytes(b"rendition")
        (folder / ".half.part").write_bytes(b"half")
    here.notes.set(image, "alt", "Zoë on the beach", PERSON)
    here.notes.set(image, "restore")
    here.again(image, "restore_original")


def claimed(here: House, file: Path, actor: str) -> tuple[str, Any, Any]:
    """A picture of which a worker has just claimed this run."""
    image, engine = here.post(file), here.engine()
    while (work := engine.turn("w"))[0].task.actor != actor:
        engine.turn("w", [engine.run(work[0])], want=0)
    return image, engine, work[0]
