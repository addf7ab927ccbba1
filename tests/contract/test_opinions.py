"""What people said is kept: once each, in order, across restarts."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loupe.words import opinions_text
from pipeline.adapters.sqlite_opinions import WRONG
from pipeline.opinions import Opinion
from tests.contract.grounds import Ground

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def opinion(key: str = "V1:U1", **changes: object) -> Opinion:
    known = {
        "image": "image-1",
        "wrong": ("nudity", "faces"),
        "comment": "two faces",
        "person": "U1",
        "at": AT,
    }
    return Opinion(key, **{**known, **changes})  # type: ignore[arg-type]


def test_an_opinion_comes_back_as_it_was_given_after_a_restart(ground: Ground) -> None:
    ground.opinions.add(opinion())
    assert ground.again().opinions.of("image-1") == [opinion()]
    assert ground.again().opinions.of("image-2") == []


def test_the_same_submission_is_kept_once_and_its_first_word_counts(ground: Ground) -> None:
    opinions = ground.opinions
    opinions.add(opinion())
    opinions.add(opinion(comment="again"))
    assert opinions.of("image-1") == [opinion()]


def test_several_people_are_heard_in_the_order_they_spoke(ground: Ground) -> None:
    opinions = ground.opinions
    later = opinion("V0:U2", person="U2", at=AT + timedelta(minutes=1))
    for each in (later, opinion()):
        opinions.add(each)
    assert opinions.of("image-1") == [opinion(), later]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(WRONG), unique=True, min_size=1),
    st.text(st.characters(codec="utf-8"), max_size=1000),
)
def test_whatever_is_said_is_kept(ground: Ground, wrong: list[str], comment: str) -> None:
    image = uuid4().hex
    said = opinion(image, image=image, wrong=tuple(each for each in WRONG if each in wrong), comment=comment)
    ground.opinions.add(said)
    assert ground.opinions.of(image) == [said]


def test_an_operator_reads_them_one_a_line() -> None:
    said = opinions_text([opinion(comment="two\n\x1b[31mfaces"), opinion("k", wrong=("other",), comment="")])
    assert said.split("\n") == [
        "  2026-11-22 09:30 UTC, U1 says: it must not be shown, the faces are wrong: two [31mfaces",
        "  2026-11-22 09:30 UTC, U1 says: something else is wrong",
    ]
