"""A digest that names an image outlives it, and says nothing of it then; an erasure finds nothing left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bulletins.parts import MAIN, parts, still_parked
from loupe import digests
from pipeline import codec
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.figures import Scope
from pipeline.news import SLACK
from pipeline.results import Failed
from tests.bot.works import PICTURES, TEAM, Works, works
from tests.cli.running import loupe


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Works]:
    monkeypatch.setattr("loupe.logs.start", lambda *_: None)
    with works(tmp_path) as found:
        yield found


def parked(here: Works) -> tuple[str, str]:
    """A picture with a parked run that a digest was written about; its id and short id."""
    posted = here.post("a-lake-in-the-mountains.jpg")
    here.run()
    (known,) = here.reports(posted)
    body = codec.dump(Failed(f"cannot open {known['sha256']} of a-lake-in-the-mountains.jpg"))
    with here.base.database.write() as connection:
        connection.execute(
            "UPDATE results SET parked=1, state='failed', kind='Failed', body=?"
            " WHERE image=? AND actor='archive_original'",
            (body, known["id"]),
        )
    told = digests.digest_of(here.base, Scope(TEAM, PICTURES), digests.today(here.base))
    assert digests.tell_digest(here.base, told)
    return known["id"], known["short"]


def test_a_digest_shows_its_parked_run_with_what_went_wrong(here: Works) -> None:
    _, short = parked(here)
    (delivery,) = SqliteOutbox(here.base.database).turn(SLACK, "test", (), want=9, lease=60)
    main, details = (part.render(None) for part in parts(delivery, here.base.catalog))
    assert f"`archive_original` on {short}" in main.text
    assert "cannot open" not in main.text
    assert "cannot open" in details.text


def test_an_erased_picture_is_in_no_digest_that_is_sent_after_it(here: Works) -> None:
    _, short = parked(here)
    said = loupe("erase", short, "--yes", "--data", here.base.settings.data).stdout
    assert said.endswith("Looked everywhere anew: nothing is left.\n")
    (delivery,) = SqliteOutbox(here.base.database).turn(SLACK, "test", (), want=9, lease=60)
    assert still_parked(delivery.piece.data, here.base.catalog) == []
    main = next(part for part in parts(delivery, here.base.catalog) if part.name == MAIN).render(None)
    assert "actions" not in [block["type"] for block in main.blocks]
