"""A profile with its `extends` resolved, and where each of its values comes from."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, structs

from conformance.exceptions import ProfileError
from conformance.profile.document import leaves
from conformance.profile.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "default"
"""The origin of a value that no file and no option gives."""

Key = tuple[str, ...]
"""The keys that lead to a value, as TOML writes them: `("limits", "rate")`."""

_TEXT_ONLY = ("extends", "description")
"""Keys that change no verdict and therefore not the digest either."""


class Resolved(Struct, frozen=True):
    """The profile, and for each key that was given, the file or option that gave it.

    `document` is the merged table as written, `chain` the files from the base to the last,
    `folders` where the relative paths of each file start.
    """

    profile: Profile
    origins: dict[Key, str]
    digest: str
    document: dict[str, Any]
    chain: tuple[str, ...] = ()
    folders: dict[str, Path] = {}

    @property
    def name(self) -> str:
        """What the last file of the chain is called."""
        return Path(self.chain[-1]).stem if self.chain else ""

    def origin(self, *key: str) -> str:
        """Where a value comes from: a file, `--option`, a variable, or `default`."""
        return self.origins.get(key, DEFAULT)


def resolve(
    document: Mapping[str, Any],
    origins: Mapping[Key, str],
    *,
    chain: tuple[str, ...] = (),
    folders: Mapping[str, Path] | None = None,
) -> Resolved:
    """The profile of a merged and checked table. Raises ProfileError where values disagree."""
    table = {key: value for key, value in document.items() if key != "extends"}
    profile = msgspec.convert(table, Profile)
    _agree(profile, chain[-1] if chain else "profile")
    where = dict(folders or {})
    return Resolved(
        profile=_with_absolute_paths(profile, origins, where),
        origins={key: origin for key, origin in origins.items() if key != ("extends",)},
        digest=digest_of(profile),
        document=table,
        chain=chain,
        folders=where,
    )


def origins_of(document: Mapping[str, Any], origin: str) -> dict[Key, str]:
    """The same origin for each value of a table."""
    return dict.fromkeys(leaves(document), origin)


def digest_of(profile: Profile) -> str:
    """The SHA-256 of everything that can change a verdict, in hexadecimal."""
    content = msgspec.to_builtins(profile)
    kept = {key: value for key, value in content.items() if key not in _TEXT_ONLY}
    return sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()


def _agree(profile: Profile, place: str) -> None:
    """What each value alone cannot tell."""
    target, limits = profile.target, profile.limits
    if target.other_partner_id is not None and target.other_partner_id == target.partner_id:
        raise ProfileError(
            f"{target.other_partner_id} is the first account as well",
            place=f"{place}: [target] other-partner-id",
            hint="Isolation is judged between two different accounts",
        )
    if limits.page_size > limits.max_page_size:
        raise ProfileError(
            f"{limits.page_size} is more than max-page-size, {limits.max_page_size}",
            place=f"{place}: [limits] page-size",
        )


def _with_absolute_paths(
    profile: Profile, origins: Mapping[Key, str], folders: Mapping[str, Path]
) -> Profile:
    """A relative path in a profile starts where that profile lies."""
    target = profile.target
    schema, trusted = target.schema, target.verify_tls
    if schema is not None and "://" not in schema:
        schema = str(_folder_of(("target", "schema"), origins, folders) / schema)
    if isinstance(trusted, str):
        trusted = str(_folder_of(("target", "verify-tls"), origins, folders) / trusted)
    return structs.replace(
        profile, target=structs.replace(target, schema=schema, verify_tls=trusted)
    )


def _folder_of(key: Key, origins: Mapping[Key, str], folders: Mapping[str, Path]) -> Path:
    return folders.get(origins.get(key, DEFAULT), Path())
