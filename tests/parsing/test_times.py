"""Times in every form, around every clock change, against `datetime` and `zoneinfo`."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from supportnet.errors import InputError
from supportnet.parsing.times import (
    MIN_US,
    LocalClock,
    english_us,
    epoch_us,
    in_range,
    iso_local,
    iso_us,
    max_us,
    require_timezone,
)
from supportnet.records import AMBIGUOUS_HOUR, ASSUMED_ZONE, DAY, MINUTE, SECOND

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 12 August 2023, 16:10:37 UTC: 19,581 days, 58,237 seconds.
MOMENT = (19_581 * 86_400 + 58_237) * SECOND


def us_of(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-08-12T16:10:37Z", MOMENT),
        ("2023-08-12T16:10:37z", MOMENT),
        ("2023-08-12 16:10:37 UTC", MOMENT),
        ("2023-08-12T18:10:37+02:00", MOMENT),
        ("2023-08-12T18:10:37+0200", MOMENT),
        ("2023-08-12T18:10:37+02", MOMENT),
        ("2023-08-12 21:40:37+05:30", MOMENT),
        ("2023-08-12 07:10:37-0900", MOMENT),
        ("2023-08-12T16:10:37.5Z", MOMENT + 500_000),
        ("2023-08-12T16:10:37.123456Z", MOMENT + 123_456),
        ("2023-08-12T16:10:37.123456999Z", MOMENT + 123_456),
        ("2023-08-12T16:10:37,001+00:00", MOMENT + 1000),
        ("2023-08-12T16:10Z", MOMENT - 37 * SECOND),
        ("1969-12-31T23:59:59Z", -SECOND),
        ("2016-12-31T23:59:60Z", us_of(datetime(2017, 1, 1, tzinfo=UTC))),
        ("2023-08-12T16:10:37", None),
        ("2023-08-12", None),
        ("2023-02-29T00:00:00Z", None),
        ("2023-08-12T24:00:00Z", None),
        ("2023-08-12T16:60:00Z", None),
        ("2023-08-12T16:10:37.1234567890Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("2023-08-12T16:10:37Z ", None),
        ("２023-08-12T16:10:37Z", None),
        ("", None),
    ],
)
def test_iso_times_with_an_offset(text: str, expected: int | None) -> None:
    assert iso_us(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-08-12T16:10:37", (2023, 8, 12, 16, 10, 37, 0)),
        ("2023-08-12 16:10", (2023, 8, 12, 16, 10, 0, 0)),
        ("2023-08-12 16:10:37.25", (2023, 8, 12, 16, 10, 37, 250_000)),
        ("2023-08-12T16:10:37Z", None),
        ("2023-08-12T16:10:37+02:00", None),
        ("2023-13-12T16:10:37", None),
        ("12/08/2023 16:10", None),
    ],
)
def test_iso_times_without_one(text: str, expected: tuple[int, ...] | None) -> None:
    assert iso_local(text) == expected


def test_iso_times_agree_with_datetime() -> None:
    random_ = random.Random(1)
    for _ in range(500):
        moment = EPOCH + timedelta(microseconds=random_.randrange(4 * 10**15))
        zone = ZoneInfo(random_.choice(["Asia/Kolkata", "America/New_York", "UTC"]))
        assert iso_us(moment.astimezone(zone).isoformat()) == us_of(moment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat Aug 12 16:10:37 +0000 2023", MOMENT),
        ("Sat Aug 12 18:10:37 +0200 2023", MOMENT),
        ("Sat, 12 Aug 2023 09:10:37 -0700", MOMENT),
        ("12 Aug 2023 16:10:37 GMT", MOMENT),
        ("Fri Sep  1 00:00:00 +0000 2023", MOMENT + (19 * 86_400 + 28_163) * SECOND),
        ("Sam Aug 12 16:10:37 +0000 2023", None),
        ("Sat Aoû 12 16:10:37 +0000 2023", None),
        ("Sat Feb 30 16:10:37 +0000 2023", None),
        ("Sat Aug 12 16:10:37 2023", None),
        ("Sat Xyz 12 16:10:37 +0000 2023", None),
    ],
)
def test_english_dates(text: str, expected: int | None) -> None:
    assert english_us(text) == expected


def test_english_dates_agree_with_the_mail_parser_in_every_month() -> None:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    for name in names:
        for offset in ("+0000", "-0330", "+1245"):
            mail = f"7 {name} 2021 23:59:58 {offset}"
            expected = us_of(parsedate_to_datetime(mail))
            assert english_us(mail) == expected
            assert english_us(f"{name} 07 23:59:58 {offset} 2021") == expected


@pytest.mark.parametrize("unit", ["s", "ms", "us", "auto"])
def test_epochs_in_every_unit(unit: str) -> None:
    scale = {"s": SECOND, "ms": 1000, "us": 1}
    for given in ("s", "ms", "us"):
        number = MOMENT // scale[given]
        expected = MOMENT if unit in (given, "auto") else None
        for value in (number, str(number), float(number), f" {number}.000 "):
            assert epoch_us(value, unit) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1512085950.000216", "s", 1_512_085_950_000_216),
        (1512085950.000216, "s", 1_512_085_950_000_216),
        ("1512085950000.216", "ms", 1_512_085_950_000_216),
        ("1.5e9", "s", 1_500_000_000_000_000),
        (MIN_US // SECOND, "s", MIN_US),
        (MIN_US // SECOND - 1, "s", None),
        (0, "auto", None),
        (-1, "s", None),
        (2**63, "auto", None),
        (10**4000, "s", None),
        ("9" * 5000, "s", None),
        ("1e999999999", "s", None),
        ("-1e999999999", "auto", None),
        ("1e-999999999", "us", None),
        (float("nan"), "s", None),
        (float("inf"), "auto", None),
        ("NaN", "s", None),
        ("sNaN", "s", None),
        ("Infinity", "s", None),
        ("", "s", None),
        ("soon", "s", None),
        ("12:30", "s", None),
        (True, "s", None),
    ],
)
def test_odd_epochs(value: str | float, unit: str, expected: int | None) -> None:
    assert epoch_us(value, unit) == expected  # type: ignore[arg-type]


def test_the_believed_range_ends_a_day_from_now() -> None:
    now = time.time_ns() // 1000
    assert abs(max_us() - now - DAY) < 60 * SECOND
    assert us_of(datetime(1990, 1, 1, tzinfo=UTC)) == MIN_US
    assert [in_range(t) for t in (MIN_US - 1, MIN_US, now, now + 2 * DAY)] == [
        False,
        True,
        True,
        False,
    ]
    assert epoch_us(now + 2 * DAY, "us") is None


# -- local clocks ----------------------------------------------------------------------------

# Zone, a moment shortly before its clocks go back, and the width of the repeated stretch.
AUTUMN = [
    ("Europe/Paris", datetime(2026, 10, 24, 23, 0, tzinfo=UTC), 60),
    ("America/New_York", datetime(2025, 11, 2, 4, 0, tzinfo=UTC), 60),
    ("Australia/Lord_Howe", datetime(2025, 4, 5, 13, 0, tzinfo=UTC), 30),
    ("America/Santiago", datetime(2025, 4, 6, 1, 0, tzinfo=UTC), 60),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 0, 0, tzinfo=UTC), 60),
]
SPRING = [
    ("Europe/Paris", (2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ("America/New_York", (2025, 3, 9, 2, 30), datetime(2025, 3, 9, 7, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", (2025, 10, 5, 2, 15), datetime(2025, 10, 4, 15, 45, tzinfo=UTC)),
    ("America/Santiago", (2025, 9, 7, 0, 30), datetime(2025, 9, 7, 4, 30, tzinfo=UTC)),
    ("America/Sao_Paulo", (2018, 11, 4, 0, 30), datetime(2018, 11, 4, 3, 30, tzinfo=UTC)),
]


def lines_around(start: datetime, zone: str, seed: int) -> list[tuple[datetime, datetime]]:
    """Return 300 moments a few seconds to minutes apart, and what the wall clock shows at each."""
    random_ = random.Random(seed)
    found = []
    moment = start
    for _ in range(300):
        found.append((moment, moment.astimezone(ZoneInfo(zone))))
        moment += timedelta(seconds=random_.randrange(1, 100))
    return found


def read(clock: LocalClock, wall: datetime) -> tuple[int, int]:
    fields = (wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second)
    found = clock.to_us(*fields, wall.microsecond)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("zone", "start", "width"), AUTUMN)
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_repeated_hour_is_read_in_file_order(
    zone: str, start: datetime, width: int, seed: int, newest_first: bool
) -> None:
    lines = lines_around(start, zone, seed)
    if newest_first:
        lines.reverse()
    clock = LocalClock(zone, newest_first=newest_first)
    flagged = set()
    for moment, wall in lines:
        t_us, note = read(clock, wall)
        assert t_us == us_of(moment)
        assert note & ASSUMED_ZONE
        if note & AMBIGUOUS_HOUR:
            flagged.add(moment)
    repeated = {
        moment
        for moment, wall in lines
        if wall.utcoffset() != wall.replace(fold=1 - wall.fold).utcoffset()
    }
    assert flagged == repeated
    assert len(repeated) > width // 2


@pytest.mark.parametrize(("zone", "wall", "moment"), SPRING)
def test_the_missing_hour_is_moved_forward(
    zone: str, wall: tuple[int, int, int, int, int], moment: datetime
) -> None:
    assert LocalClock(zone).to_us(*wall) == (us_of(moment), ASSUMED_ZONE | AMBIGUOUS_HOUR)


@pytest.mark.parametrize("zone", [*(zone for zone, *_ in AUTUMN), "Asia/Kolkata", "Asia/Tehran"])
def test_every_half_hour_of_six_years_agrees_with_zoneinfo(zone: str) -> None:
    clock, place = LocalClock(zone), ZoneInfo(zone)
    moment = datetime(2015, 1, 1, tzinfo=UTC)
    for _ in range(6 * 365 * 4):
        moment += timedelta(hours=5, minutes=59)
        wall = moment.astimezone(place)
        t_us, note = read(clock, wall)
        if not note & AMBIGUOUS_HOUR:
            assert t_us == us_of(moment)
        else:
            assert t_us - us_of(moment) in (0, 60 * MINUTE, -60 * MINUTE, 30 * MINUTE, -30 * MINUTE)


def test_another_file_starts_with_the_first_reading() -> None:
    clock = LocalClock("Europe/Paris")
    first = clock.to_us(2026, 10, 25, 2, 30)
    second = clock.to_us(2026, 10, 25, 2, 10)
    clock.reset()
    again = clock.to_us(2026, 10, 25, 2, 10)
    assert first is not None
    assert second is not None
    assert again is not None
    assert second[0] - first[0] == 40 * MINUTE
    assert second[0] - again[0] == 60 * MINUTE


def test_a_far_earlier_or_later_line_does_not_decide() -> None:
    for before in ((2027, 1, 1), (2020, 1, 1)):
        clock = LocalClock("Europe/Paris")
        clock.to_us(*before)
        assert clock.to_us(2026, 10, 25, 2, 30) == (
            us_of(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
            ASSUMED_ZONE | AMBIGUOUS_HOUR,
        )


@pytest.mark.parametrize(
    "fields",
    [
        (2026, 2, 30),
        (2026, 13, 1),
        (2026, 0, 1),
        (0, 1, 1),
        (1, 1, 1),
        (9999, 12, 31),
        (10_000, 1, 1),
        (-5, 1, 1),
        (2026, 1, 1, 24),
        (2026, 1, 1, -1),
        (2026, 1, 1, 0, 60),
        (2026, 1, 1, 0, 0, 61),
        (10**30, 1, 1),
    ],
)
def test_dates_that_do_not_exist(fields: tuple[int, ...]) -> None:
    assert LocalClock("Europe/Paris").to_us(*fields) is None


@pytest.mark.parametrize("zone", ["Paris", "", "../etc/passwd", "/etc/passwd", "Europe", "a\0b"])
def test_zones_that_do_not_exist(zone: str) -> None:
    with pytest.raises(InputError, match="IANA") as caught:
        LocalClock(zone)
    assert caught.value.__suppress_context__


def test_a_zone_must_be_named() -> None:
    with pytest.raises(InputError, match=r"time zone was expected for a chat.*--timezone"):
        require_timezone(SimpleNamespace(timezone=None), "a chat")
    assert require_timezone(SimpleNamespace(timezone="Asia/Kolkata"), "a chat").name
