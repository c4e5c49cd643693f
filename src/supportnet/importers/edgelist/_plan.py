"""Which column says what: from the map, the header, or the layout's own order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.schema import VISIBILITIES

__all__ = ["NA", "Plan", "is_known_header", "make_plan", "named_columns", "role_of"]

NA: Final = ("", "NA", "null", "None", "nan", "NaN")

# Role -> names under which tables in the wild write it (compared in lower case).
_NAMES: Final[dict[str, frozenset[str]]] = {
    "sender": frozenset(
        {"sender", "source", "src", "from", "fromnodeid", "from_id", "sender_id", "u", "user_from"}
    ),
    "recipient": frozenset(
        {"recipient", "recipients", "target", "dst", "to", "tonodeid", "to_id", "recipient_id"}
        | {"receiver", "receiver_id", "v", "user_to", "destination"}
    ),
    "time": frozenset(
        {"time", "timestamp", "unixts", "ts", "t", "date", "datetime", "sent_at", "unixtime"}
    ),
    "weight": frozenset({"weight", "w", "rating", "sign", "value"}),
    "conversation": frozenset({"conversation", "conversation_id", "thread_id"}),
    "message_id": frozenset({"message_id"}),
    "reply_to": frozenset({"reply_to"}),
    "visibility": frozenset({"visibility"}),
    "audience_size": frozenset({"audience_size"}),
    "channel": frozenset({"channel"}),
    "text": frozenset({"text"}),
    "kind": frozenset({"kind"}),
    "owner": frozenset({"owner", "user_a"}),
    "other": frozenset({"other", "user_b"}),
}
_ROLE_OF: Final = {name: role for role, names in _NAMES.items() for name in names}
# Other words the map may use for a role.
_SYNONYMS: Final = {"recipients": "recipient", "sent_at": "time"}
_COLUMN_ROLES: Final = frozenset(_NAMES)
_SETTINGS: Final = frozenset(
    {"recipients_sep", "date_format", "tz", "unit", "platform", "na", "relation", "directed"}
)
_WORD = re.compile(r"[^\W\d][\w .\-/]*")


def role_of(name: str) -> str | None:
    """Return the role that a column's usual name stands for."""
    return _ROLE_OF.get(name.strip().lower())


def is_header_like(cells: Sequence[str]) -> bool:
    """Tell whether all cells of a row look like names of columns."""
    return len(cells) > 1 and all(_WORD.fullmatch(cell.strip()) for cell in cells)


def is_known_header(cells: Sequence[str]) -> bool:
    """Tell whether a row is a header whose every column we know by its usual name."""
    roles = [role_of(cell) for cell in cells]
    return (
        len(cells) > 1
        and None not in roles
        and len(set(roles)) == len(roles)
        and (("sender" in roles and "recipient" in roles) or {"owner", "other"} <= set(roles))
    )


@dataclass(slots=True)
class Plan:
    """What every column of one table is for.

    Attributes
    ----------
    places
        Role → place of its column, from 0.
    width
        Number of cells of a whole row; 0 where rows are made from the places alone.
    visibility
        The declared value, where no column says it.
    visibility_words
        Word of the column → value.
    visibility_default
        Value of words the map does not know.
    """

    places: dict[str, int]
    width: int = 0
    is_contacts: bool = False
    relation: str = "friend"
    visibility: str | None = None
    visibility_words: dict[str, str] = field(default_factory=dict)
    visibility_default: str = "unknown"
    recipients_sep: str | None = None
    date_format: str | None = None
    tz: str | None = None
    unit: str | None = None
    platform: str = "edgelist"
    na: frozenset[str] = frozenset(NA)
    names: dict[str, str] = field(default_factory=dict)


def _word_of(columns: Mapping[str, object], name: str) -> str | None:
    """Return a setting of the map that is a word."""
    value = columns.get(name)
    if value is None or isinstance(value, str):
        return value
    msg = f"a word was expected for {name!r} in the column map; found something else; quote it."
    raise InputError(msg)


def _settings(plan: Plan, options: Options) -> None:
    """Take over what the map says besides columns."""
    columns = options.columns or {}
    unknown = set(columns) - _COLUMN_ROLES - set(_SYNONYMS) - _SETTINGS
    if unknown:
        known = ", ".join(sorted((_COLUMN_ROLES | set(_SYNONYMS) | _SETTINGS) - {"weight"}))
        msg = (
            f"a column map (--map) with the keys {known} was expected; found {len(unknown)} other "
            "key(s); rename or remove them."
        )
        raise InputError(msg)
    plan.recipients_sep = _word_of(columns, "recipients_sep")
    plan.date_format = _word_of(columns, "date_format")
    plan.tz = _word_of(columns, "tz") or options.timezone
    plan.unit = _word_of(columns, "unit")
    if plan.unit not in (None, "s", "ms", "us"):
        msg = "unit 's', 'ms' or 'us' was expected in the column map; found another; correct it."
        raise InputError(msg)
    plan.platform = (_word_of(columns, "platform") or plan.platform).lower()
    plan.relation = _word_of(columns, "relation") or plan.relation
    if plan.relation not in ("friend", "follow", "follower"):
        msg = (
            "relation 'friend', 'follow' or 'follower' was expected in the column map; found "
            "another; correct it."
        )
        raise InputError(msg)
    missing = columns.get("na")
    if isinstance(missing, list | tuple):
        plan.na = frozenset(str(word) for word in missing)


def _visibility(plan: Plan, options: Options, *, has_column: bool) -> None:
    """Settle who could read: the declared value, the column, or the map of channels."""
    spec = (options.columns or {}).get("visibility")
    if isinstance(spec, Mapping):
        words = spec.get("map") or {}
        if isinstance(words, Mapping):
            plan.visibility_words = {str(k): _value(v) for k, v in words.items()}
        plan.visibility_default = _value(spec.get("default") or "unknown")
    if has_column:
        for value in VISIBILITIES:
            plan.visibility_words.setdefault(value, value)
        return
    if options.visibility_map and ({"channel", "conversation"} & set(plan.places)):
        plan.visibility_words = {k: _value(v) for k, v in options.visibility_map.items()}
        plan.visibility_default = options.visibility or "unknown"
        return
    if options.visibility is None:
        msg = (
            "who could read the messages was expected, because a table does not say it; found "
            "nothing; pass --visibility (private_1to1, private_group, semi_public or public), or "
            "name the column that says it in the column map."
        )
        raise InputError(msg)
    plan.visibility = _value(options.visibility)


def _value(word: object) -> str:
    """Return a visibility value; `private` stays open until the readers are counted."""
    if word == "restricted":
        return "semi_public"
    if isinstance(word, str) and (word in VISIBILITIES or word == "private"):
        return word
    msg = (
        f"one of {', '.join(VISIBILITIES)} was expected for a visibility in the column map; found "
        "another word; correct the map."
    )
    raise InputError(msg)


def _declared(options: Options) -> dict[str, Any]:
    """Return role → column of the map, whose visibility may be a mapping."""
    found: dict[str, Any] = {}
    for key, value in (options.columns or {}).items():
        role = _SYNONYMS.get(key, key)
        if role not in _COLUMN_ROLES or value is None:
            continue
        column = value.get("column") if isinstance(value, Mapping) else value
        if column is not None:
            found[role] = column
    return found


def named_columns(options: Options) -> frozenset[str]:
    """Return the names of columns that the map uses."""
    named = {column for column in _declared(options).values() if isinstance(column, str)}
    return frozenset(named - {"contacts"} if _is_contacts(options) else named)


def _is_contacts(options: Options) -> bool:
    """Tell whether the map declares a table of ties instead of messages."""
    return (options.columns or {}).get("kind") == "contacts"


def _place(role: str, column: object, header: Sequence[str] | None, width: int) -> int:
    """Return the place of a column given by name, or by its number counted from 1."""
    if type(column) is int:
        if 1 <= column <= width:
            return column - 1
        msg = (
            f"a column number from 1 to {width} was expected for {role!r} in the column map; "
            "found another; count the columns again."
        )
        raise InputError(msg)
    if header is not None:
        names = [name.strip() for name in header]
        if column in names:
            return names.index(column)
    found = f"a header of {width} columns without it" if header else "no header"
    msg = (
        f"the column that the map names for {role!r} was expected; found {found}; correct the map, "
        "or give the column's number, counted from 1."
    )
    raise InputError(msg)


def make_plan(
    options: Options,
    header: Sequence[str] | None,
    width: int,
    defaults: Mapping[str, int],
    what: str,
) -> Plan:
    """Return what every column is for.

    Parameters
    ----------
    options
        The declared options, with the column map.
    header
        Names of the columns, where the file has them.
    width
        Number of columns.
    defaults
        Role → place, from the layout's own order; used where neither map nor header speaks.
    what
        The layout in words, for the errors.

    Raises
    ------
    InputError
        When sender, recipient (or conversation), time or visibility cannot be settled.
    """
    plan = Plan({}, width)
    _settings(plan, options)
    declared = _declared(options)
    if _is_contacts(options):
        del declared["kind"]
        plan.is_contacts = True
    for place, name in enumerate(header or ()):
        role = role_of(name)
        # A map speaks for the whole table: only the roles it must have are still looked for.
        if role and (not declared or role in ("sender", "recipient", "time", "owner", "other")):
            plan.places.setdefault(role, place)
    if not header:
        plan.places.update(defaults)
    for role, column in declared.items():
        place = _place(role, column, header, width)
        # A column has one use: what the map says of it beats what its name or place suggests.
        for other in [r for r, p in plan.places.items() if p == place and r not in declared]:
            del plan.places[other]
        plan.places[role] = place
    _demand(plan, what)
    if not plan.is_contacts:
        _visibility(plan, options, has_column="visibility" in plan.places)
        _refuse_open_private(plan)
    return plan


def _demand(plan: Plan, what: str) -> None:
    """Refuse a table that does not say who wrote to whom and when."""
    if plan.is_contacts:
        if not {"owner", "other"} <= set(plan.places):
            msg = (
                "columns 'owner' and 'other' were expected in a map of kind 'contacts'; found "
                "fewer; name both."
            )
            raise InputError(msg)
        return
    if "sender" not in plan.places or not {"recipient", "conversation"} & set(plan.places):
        msg = (
            f"a sender and a recipient (or conversation) were expected in {what}; found no column "
            "for them; name them in a column map with --map."
        )
        raise InputError(msg)
    if "time" not in plan.places:
        msg = (
            f"a column of times was expected in {what}; found none, and only timed events can be "
            'imported; if one column holds the time, name it with --map ("time"), or import '
            'declared ties with a map of kind "contacts".'
        )
        raise InputError(msg)


def _refuse_open_private(plan: Plan) -> None:
    """Ask which of the two kinds of private is meant where no recipients tell it."""
    words = {plan.visibility, plan.visibility_default, *plan.visibility_words.values()}
    if "private" in words and "recipient" not in plan.places:
        msg = (
            "'private_1to1' or 'private_group' was expected in the column map, because no column "
            "of recipients tells them apart; found 'private'; write the one that is meant."
        )
        raise InputError(msg)
