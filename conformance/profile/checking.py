"""Whether a TOML document is a profile: every key known, every value of its type and range.

Runs before documents are merged, so that a message can name the file that is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import inspect

from conformance.exceptions import ProfileError, did_you_mean
from conformance.profile.profile import Profile
from conformance.profile.values import bare, check_value, wrong_type

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRETS_HINT = (
    "Secrets never stand in a profile: set KALTURA_CONFORMANCE_ADMIN_SECRET or "
    "KALTURA_CONFORMANCE_ADMIN_SECRET_FILE, or give them on stdin"
)
_SECRET_LOOKING = re.compile(
    r"secret|passw|token|credential|api-?key|private-?key|^ks$", re.IGNORECASE
)


def check(document: Mapping[str, Any], *, place: str) -> None:
    """Refuse what is no profile; `place` is the file's name. Raises ProfileError."""
    info = inspect.type_info(Profile)
    assert isinstance(info, inspect.StructType)
    _check_table(info, document, place, "")


def _check_table(info: inspect.StructType, table: Mapping[str, Any], place: str, name: str) -> None:
    """Check a table called `name`, brackets included; the whole document has none."""
    here = f"{place}: {name}" if name else place
    fields = {field.encode_name: field.type for field in info.fields}
    for key, value in table.items():
        if key not in fields:
            raise _unknown(key, value, fields, here, name)
        _check_field(fields[key], value, place, name, key)
    needed = [field.encode_name for field in info.fields if field.required]
    missing = [key for key in needed if key not in table]
    if missing:
        raise ProfileError(
            f"{missing[0]!r} is missing", place=here, hint=f"Needed: {', '.join(needed)}"
        )


def _check_field(info: inspect.Type, value: Any, place: str, name: str, key: str) -> None:
    inner = bare(info)
    if isinstance(inner, inspect.StructType):
        if not isinstance(value, dict):
            raise wrong_type(f"{place}: {key}", "a table", value)
        _check_table(inner, value, place, f"[{key}]")
    elif isinstance(inner, inspect.DictType):
        _check_entries(inner, value, f"{place}: [{name.strip('[]')}.{key}]")
    elif isinstance(inner, inspect.VarTupleType) and isinstance(
        item := bare(inner.item_type), inspect.StructType
    ):
        _check_tables(item, value, place, key)
    else:
        check_value(info, value, _at(f"{place}: {name}" if name else place, key, name))


def _check_tables(item: inspect.StructType, value: Any, place: str, key: str) -> None:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise wrong_type(f"{place}: {key}", f"tables that each start with [[{key}]]", value)
    for number, table in enumerate(value, 1):
        _check_table(item, table, place, f"[[{key}]] {number}")


def _check_entries(info: inspect.DictType, value: Any, here: str) -> None:
    if not isinstance(value, dict):
        raise wrong_type(here, "a table", value)
    for key, each in value.items():
        check_value(info.key_type, key, here)
        check_value(info.value_type, each, f'{here} "{key}"')


def _unknown(
    key: str, value: Any, fields: Mapping[str, object], here: str, name: str
) -> ProfileError:
    if _SECRET_LOOKING.search(key):
        return ProfileError("a secret in a profile", place=_at(here, key, name), hint=SECRETS_HINT)
    kebab = re.sub(r"(?<=[a-z])(?=[A-Z])|_", "-", key).lower()
    hint = f"Did you mean '{kebab}'?" if kebab in fields else did_you_mean(key, fields)
    if not name and isinstance(value, dict):
        return ProfileError("unknown table", place=f"{here}: [{key}]", hint=hint)
    return ProfileError("unknown key", place=_at(here, key, name), hint=hint)


def _at(here: str, key: str, name: str) -> str:
    """`file: [table] key`, or `file: key` where there is no table."""
    return f"{here} {key}" if name else f"{here}: {key}"
