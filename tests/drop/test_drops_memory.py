"""What the ledger remembers of drops: what was taken in, which reports are due, what may leave the box."""

import sqlite3

from loupe.places import places
from pipeline.adapters.sqlite_drops import SqliteDrops
from pipeline.drops import Due, Entered, Found, delivery
from pipeline.erasing import erase
from pipeline.model import Source
from pipeline.results import Failed
from pipeline.text import keepable
from tests.drop.places import Home

PLACE, BOX = "/srv/pictures", "a" * 32
NAME = "holiday in March.jpg"


def found(path: str = NAME, stamp: str = "1") -> Found:
    return Found(path, 10, stamp)


def entered(home: Home, each: Found, box: str = BOX, key: str = "") -> str:
    """Take something in; its image."""
    source = Source("folder", keepable(each.name, 255), f"{box}/ab")
    key = key or delivery("folder", each.path, each.stamp)
    image = home.base.engine().enter([(key, source)])[0].arrived.image
    home.drops.remember(PLACE, [Entered(each, image, box)])
    return image


def due(home: Home) -> list[Due]:
    return home.drops.due(PLACE, 100)


def tell(home: Home) -> None:
    for each in due(home):
        home.drops.told(PLACE, each)


def test_what_is_new_or_changed_is_fresh_and_what_was_taken_in_is_not(home: Home) -> None:
    both = [found("a.jpg"), found("b.jpg")]
    assert home.drops.fresh(PLACE, both) == both
    entered(home, both[0])
    assert home.drops.fresh(PLACE, both) == [both[1]]
    assert home.drops.fresh(PLACE, [found("a.jpg", "2")]) == [found("a.jpg", "2")]
    assert home.drops.fresh("/srv/other", both) == both
    assert home.drops.fresh(PLACE, []) == []


def test_a_path_that_is_not_utf_8_is_remembered_as_it_is(home: Home) -> None:
    odd = found("\udcff/\udcfe.jpg")
    image = entered(home, odd)
    home.settle(image)
    assert home.drops.fresh(PLACE, [odd]) == []
    assert [each.path for each in due(home)] == [odd.path]


def test_no_report_is_due_before_anything_is_known(home: Home) -> None:
    entered(home, found())
    assert due(home) == []


def test_a_report_is_due_when_an_image_has_settled_and_again_after_a_replay(home: Home) -> None:
    image = entered(home, found())
    home.settle(image)
    assert [(each.path, each.image) for each in due(home)] == [(NAME, image)]
    tell(home)
    assert due(home) == []
    home.base.engine().replay(image, "accept_image")
    assert due(home) == []
    home.settle(image)
    assert [each.image for each in due(home)] == [image]


def test_a_report_is_due_once_findings_can_be_told(home: Home) -> None:
    image = entered(home, found())
    with home.base.database.write() as connection:
        connection.execute(
            "INSERT INTO results VALUES (?,'report_findings',1,1,'done',0,'Reported','{}','{}',1,1.0,1.0)",
            (image,),
        )
    assert [each.image for each in due(home)] == [image]


def test_a_change_between_the_look_and_the_note_is_not_lost(home: Home) -> None:
    image = entered(home, found())
    home.settle(image)
    (old,) = due(home)
    home.base.engine().replay(image, "accept_image")
    home.settle(image)
    home.drops.told(PLACE, old)
    assert len(due(home)) == 1


def test_an_image_that_settled_before_it_was_remembered_is_due_too(home: Home) -> None:
    source = Source("folder", NAME, f"{BOX}/ab")
    image = home.base.engine().enter([("folder:x", source)])[0].arrived.image
    home.settle(image)
    home.drops.remember(PLACE, [Entered(found(), image, BOX)])
    assert [each.image for each in due(home)] == [image]


def test_what_does_not_work_is_put_off(home: Home) -> None:
    now = [1000.0]
    drops = SqliteDrops(home.base.database, lambda: now[0])
    home.settle(entered(home, found()))
    drops.postpone(PLACE, drops.due(PLACE, 1)[0], 60)
    assert drops.due(PLACE, 1) == []
    now[0] += 61
    assert len(drops.due(PLACE, 1)) == 1


def test_a_file_with_other_contents_gets_the_report_of_its_new_image(home: Home) -> None:
    first = entered(home, found(stamp="1"))
    home.settle(first)
    tell(home)
    second = entered(home, found(stamp="2"))
    assert due(home) == []
    home.settle(second)
    assert [each.image for each in due(home)] == [second]
    tell(home)
    again = entered(home, found(stamp="3"), key=delivery("folder", NAME, "1"))
    assert again == first
    assert [each.image for each in due(home)] == [first]


def test_a_report_of_an_earlier_image_does_not_count_for_the_next(home: Home) -> None:
    home.settle(entered(home, found(stamp="1")))
    (old,) = due(home)
    second = entered(home, found(stamp="2"))
    home.settle(second)
    home.drops.told(PLACE, old)
    assert [each.image for each in due(home)] == [second]


def test_a_file_that_was_only_touched_keeps_its_report(home: Home) -> None:
    home.settle(entered(home, found(stamp="1")))
    tell(home)
    entered(home, found(stamp="2"), key=delivery("folder", NAME, "1"))
    assert due(home) == []
    assert home.drops.fresh(PLACE, [found(stamp="2")]) == []


def test_bytes_may_leave_the_box_once_the_image_was_accepted_or_refused(home: Home) -> None:
    image = entered(home, found())
    assert home.drops.spent(10) == []
    home.settle(image, Failed("It broke."))
    assert home.drops.spent(10) == [], "a run that is parked may want them again"
    home.base.engine().replay(image, "accept_image")
    home.settle(image, Failed("No picture.", rejected=True))
    assert home.drops.spent(10) == [BOX]
    home.drops.emptied([BOX])
    assert home.drops.spent(10) == []
    assert home.drops.unknown([BOX]) == [BOX]


def test_an_erasure_leaves_nothing_of_a_file_but_the_order_to_take_its_report_away(home: Home) -> None:
    image = entered(home, found())
    home.settle(image)
    tell(home)
    gone = erase(places(home.base), image, 5)
    assert gone.left == {}
    (order,) = due(home)
    assert (order.path, order.image) == (NAME, "")
    assert home.drops.spent(10) == [BOX]
    assert home.drops.fresh(PLACE, [found()]) == [], "it is not taken in again"
    with sqlite3.connect(home.base.settings.ledger) as connection:
        said = "".join(connection.iterdump())
    assert NAME not in said
    tell(home)
    assert due(home) == []


def test_the_folder_of_other_files_does_not_look_like_an_erased_name(home: Home) -> None:
    image = entered(home, found("summer"))
    entered(home, found("summer/b.jpg"), box="b" * 32)
    home.settle(image)
    assert erase(places(home.base), image, 5).left == {}


def test_an_image_that_was_erased_before_it_was_remembered_stays_out(home: Home) -> None:
    source = Source("folder", NAME, f"{BOX}/ab")
    image = home.base.engine().enter([("folder:x", source)])[0].arrived.image
    home.settle(image)
    assert erase(places(home.base), image, 5).left == {}
    home.drops.remember(PLACE, [Entered(found(), image, BOX)])
    assert [each.image for each in due(home)] == [""]
    assert home.drops.spent(10) == [BOX]
    assert home.drops.fresh(PLACE, [found()]) == []
