"""A camera's time gets the offset of its place where exactly one is possible."""

import pytest

from pipeline.imaging.localtime import at_zone


@pytest.mark.parametrize(
    ("taken_at", "zone", "with_offset"),
    [
        ("2016-07-02T14:03:05", "Europe/Sofia", "2016-07-02T14:03:05+03:00"),
        ("2016-01-02T14:03:05", "Europe/Sofia", "2016-01-02T14:03:05+02:00"),
        ("2016-01-02T14:03:05", "America/St_Johns", "2016-01-02T14:03:05-03:30"),
        ("2016-07-02T14:03:05", "Asia/Kathmandu", "2016-07-02T14:03:05+05:45"),
        ("1975-07-02T14:03:05", "Europe/London", "1975-07-02T14:03:05+01:00"),
    ],
)
def test_the_offset_is_that_of_the_day(taken_at: str, zone: str, with_offset: str) -> None:
    assert at_zone(taken_at, zone) == with_offset


@pytest.mark.parametrize(
    ("taken_at", "zone"),
    [
        ("2023-10-29T02:30:00", "Europe/Berlin"),  # twice
        ("2023-03-26T02:30:00", "Europe/Berlin"),  # never
        ("1601-06-06T16:39:33", "America/Los_Angeles"),  # before zones
        ("2222-06-06T16:39:33", "America/Los_Angeles"),  # a wrong clock
        ("2016-07-02T14:03:05+09:00", "Europe/Sofia"),  # has one
        ("2016-07-02", "Europe/Sofia"),  # no time
        ("2016-07-02T14:03:05", "Mars/Olympus"),
        ("2016-07-02T14:03:05", "../../etc/passwd"),
        ("2016-07-02T14:03:05", None),
        (None, "Europe/Sofia"),
    ],
)
def test_any_other_time_is_left_as_the_camera_said_it(taken_at: str | None, zone: str | None) -> None:
    assert at_zone(taken_at, zone) == taken_at
