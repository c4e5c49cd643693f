"""Numbers as a reader of English or French expects them: three digits that mean something."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from supportnet.plots.words import check_language

__all__ = ["show_count", "show_day", "show_number", "show_percent", "show_range", "show_tick"]

MINUS = "\u2212"
THIN = "\u202f"  # a narrow blank that does not break
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _local(text: str, language: str) -> str:
    """Put the language's decimal mark, thousands blank and a true minus into a plain number."""
    sign = MINUS if text.startswith("-") else ""
    digits = text.lstrip("-")
    if check_language(language) == "fr":
        return sign + digits.replace(",", THIN).replace(".", ",")
    return sign + digits


def show_number(value: float, language: str, digits: int = 3) -> str:
    """Return a number with so many significant digits.

    Parameters
    ----------
    value
        Any number; NaN gives a dash.
    language
        `en` or `fr`.
    digits
        Significant digits; whole numbers above that keep all of theirs.

    Returns
    -------
    str
        Decimal comma and thin blanks in French, decimal point and commas in English.

    Examples
    --------
    >>> show_number(0.79653, "en"), show_number(12.2067, "fr"), show_number(-0.00412, "en")
    ('0.797', '12,2', '−0.00412')
    >>> show_number(38588.2, "en"), show_number(float("nan"), "en"), show_number(0.0, "fr")
    ('38,588', '–', '0')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return ("" if value > 0 else MINUS) + "∞"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if rounded != 0:  # 0.9996 becomes 1.00, not 1.000
        places = digits - 1 - math.floor(math.log10(abs(rounded)))
    if places > 9:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return f"{_local(mantissa, language)}e{_local(str(int(exponent)), language)}"
    return _local(f"{value:,.{max(places, 0)}f}", language)


def show_tick(value: float, language: str) -> str:
    """Return a round number without trailing zeros: a tick of an axis, a setting.

    Parameters
    ----------
    value
        Any finite number.
    language
        `en` or `fr`.

    Returns
    -------
    str
        At most six significant digits.

    Examples
    --------
    >>> show_tick(72.0, "en"), show_tick(0.1 + 0.2, "fr"), show_tick(-1500, "en")
    ('72', '0,3', '−1,500')
    """
    text = f"{value:.6g}"
    plain = "e" not in text and "." not in text
    return _local(f"{int(text):,d}" if plain else text, language)


def show_count(value: float, language: str) -> str:
    """Return a whole number with thousands set apart; NaN gives a dash.

    Parameters
    ----------
    value
        A count.
    language
        `en` or `fr`.

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> show_count(38588, "en"), show_count(38588, "fr") == "38\u202f588"
    ('38,588', True)
    """
    return "–" if math.isnan(value) else _local(f"{round(value):,d}", language)


def show_percent(value: float, language: str, places: int = 0) -> str:
    """Return a share as a percentage.

    Parameters
    ----------
    value
        A share, 0 to 1.
    language
        `en` or `fr`.
    places
        Decimal places.

    Returns
    -------
    str
        For example `80%` in English and `80 %` with a thin blank in French.

    Examples
    --------
    >>> show_percent(0.8, "en"), show_percent(0.8, "fr") == "80\u202f%"
    ('80%', True)
    """
    if math.isnan(value):
        return "–"
    blank = THIN if check_language(language) == "fr" else ""
    return _local(f"{100 * value:.{places}f}", language) + blank + "%"


def show_range(low: float, high: float, language: str) -> str:
    """Return an interval, or a dash where there is none.

    Parameters
    ----------
    low, high
        Bounds; NaN where there is none.
    language
        `en` or `fr`.

    Returns
    -------
    str
        `low to high`.

    Examples
    --------
    >>> show_range(0.7631, 0.8412, "en"), show_range(0.7631, 0.8412, "fr")
    ('0.763 to 0.841', '0,763 à 0,841')
    """
    if math.isnan(low) or math.isnan(high):
        return "–"
    joint = " à " if check_language(language) == "fr" else " to "
    return show_number(low, language) + joint + show_number(high, language)


def show_day(t_us: int | None, language: str) -> str:
    """Return the day of a time, in words; a report shows no hour.

    Parameters
    ----------
    t_us
        Time in µs UTC, or None.
    language
        `en` or `fr`.

    Returns
    -------
    str
        Day, month and year (UTC); a dash for None.

    Examples
    --------
    >>> show_day(1704067200000000, "en"), show_day(1704067200000000, "fr")
    ('1 January 2024', '1er janvier 2024')
    """
    if t_us is None:
        return "–"
    moment = _EPOCH + timedelta(microseconds=int(t_us))
    month = _MONTHS[check_language(language)].split()[moment.month - 1]
    day = "1er" if language == "fr" and moment.day == 1 else str(moment.day)
    return f"{day} {month} {moment.year}"
