"""What one knows of a target before judging it: where it is, what is allowed, how it is odd.

Values only. Reading files is `loading`, checking them `checking`, and secrets never get in here.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec resolves annotations at run time
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from conformance.profile.actions import Actions
from conformance.profile.kinds import (
    FileOrUrl,
    Glob,
    PartnerId,
    Url,
    UserId,
)
from conformance.profile.quirks import Quirks
from conformance.profile.waiver import Waiver, waiver_for

Unlimited = Literal["none"]
"""How a profile says "no limit": TOML has no null, and a missing key inherits."""


class Target(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """The server and the accounts on it. Without `url` the embedded server is judged."""

    url: Annotated[
        Url | None, Meta(description="The server's root, for example `https://kaltura.example`.")
    ] = None
    product: Annotated[str, Meta(description="What it is, in words; shown in reports.")] = "Kaltura"
    version: Annotated[
        str | None, Meta(description="The release that these quirks were seen in; shown only.")
    ] = None
    partner_id: Annotated[PartnerId | None, Meta(description="The account that is used.")] = None
    other_partner_id: Annotated[
        PartnerId | None, Meta(description="A second account, for checks of isolation.")
    ] = None
    user_id: Annotated[
        UserId, Meta(description="The user of user sessions; made by the server when missing.")
    ] = "conformance-user"
    schema: Annotated[
        FileOrUrl | None,
        Meta(description="A schema file or URL; else the server's own api_schema.php."),
    ] = None
    verify_tls: Annotated[
        bool | str, Meta(description="true, false, or a file with the certificates to trust.")
    ] = True


class Limits(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """How hard and how long to ask. Durations are in seconds unless the key says otherwise."""

    rate: Annotated[
        Annotated[float, Meta(ge=0.01, le=100_000)] | Unlimited,
        Meta(description='At most so many requests per second, or "none".'),
    ] = "none"
    workers: Annotated[int, Meta(ge=1, le=64, description="Checks that run at once.")] = 4
    examples: Annotated[
        int, Meta(ge=1, le=100_000, description="Generated inputs for each property.")
    ] = 20
    time_limit_seconds: Annotated[
        Annotated[float, Meta(ge=1, le=31_536_000)] | Unlimited,
        Meta(description='After this no new check starts, or "none".'),
    ] = "none"
    connect_timeout_seconds: Annotated[
        float, Meta(ge=0.1, le=600, description="To get a connection.")
    ] = 5.0
    read_timeout_seconds: Annotated[
        float, Meta(ge=0.1, le=3600, description="Between two parts of an answer.")
    ] = 60.0
    retries: Annotated[
        int, Meta(ge=0, le=10, description="Fresh attempts after a lost connection, 429 or 503.")
    ] = 2
    settle_seconds: Annotated[
        float, Meta(ge=0, le=3600, description="How long an index may lag behind a write.")
    ] = 20.0
    settle_poll_ms: Annotated[
        int, Meta(ge=10, le=60_000, description="Pause between two looks, in milliseconds.")
    ] = 250
    clock_skew_seconds: Annotated[
        float, Meta(ge=0, le=86_400, description="How far the two clocks may be apart.")
    ] = 5.0
    session_seconds: Annotated[
        int, Meta(ge=60, le=86_400, description="How long the sessions of a run are good for.")
    ] = 86_400
    page_size: Annotated[
        int, Meta(ge=1, le=10_000, description="Objects on a page when none is asked (LIST-03).")
    ] = 30
    max_page_size: Annotated[
        int, Meta(ge=1, le=100_000, description="Objects on a page at most (LIST-03).")
    ] = 500
    index_window: Annotated[
        int,
        Meta(ge=1, le=10_000_000, description="How far an indexed list can be paged (LIST-06)."),
    ] = 10_000
    max_upload_bytes: Annotated[
        int, Meta(ge=1, le=2**40, description="The biggest file that is sent, in bytes.")
    ] = 1_000_000
    max_inconclusive_percent: Annotated[
        float,
        Meta(ge=0, le=100, description="With more inconclusive checks the run is inconclusive."),
    ] = 20.0

    @property
    def requests_per_second(self) -> float | None:
        """The rate, or None for as fast as it goes."""
        return None if self.rate == "none" else self.rate

    @property
    def deadline_seconds(self) -> float | None:
        """The time limit, or None."""
        return None if self.time_limit_seconds == "none" else self.time_limit_seconds


class Generation(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """What generators besides our own draw."""

    schemathesis: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="Requests that schemathesis draws for each service; 0 leaves it out."
            " Needs the extra `schemathesis`.",
        ),
    ] = 0
    remember: Annotated[
        bool,
        Meta(
            description="Whether a history that failed is kept in the user's cache and tried first"
            " by the next run. A run with a seed of its own tries none."
        ),
    ] = True


class SelectionKeys(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Globs over requirement ids, areas, services, `service.action` and subjects."""

    select: Annotated[
        tuple[Glob, ...], Meta(description="What is judged; everything when empty.")
    ] = ()
    deselect: Annotated[tuple[Glob, ...], Meta(description="What is left out of it.")] = ()
    level: Annotated[
        Literal["must", "should", "may"], Meta(description="The least level that is judged.")
    ] = "must"


class Capabilities(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """What the target and the accounts can do. What is false is not judged."""

    writes: Annotated[bool, Meta(description="Objects may be made, changed and removed.")] = True
    uploads: Annotated[bool, Meta(description="Files may be sent; needs writes.")] = True
    user_sessions: Annotated[
        bool, Meta(description="Sessions of an ordinary user may be used.")
    ] = True
    second_account: Annotated[
        bool, Meta(description="The second account may be used, when its id and secret are given.")
    ] = True
    local_sessions: Annotated[
        bool, Meta(description="The server takes sessions that the suite signs itself (SESS-09).")
    ] = True
    hostile_requests: Annotated[
        bool, Meta(description="Malformed and oversized requests may be sent.")
    ] = True
    batch_workers: Annotated[
        bool, Meta(description="Conversions and other jobs are really done (FILE-07).")
    ] = False
    plugins: Annotated[
        tuple[Glob, ...], Meta(description="Globs over the plugins whose services are judged.")
    ] = ("*",)


class Profile(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Everything that is known of a target, its `extends` resolved. Holds no secret."""

    extends: Annotated[
        str | None, Meta(description="The profile to build on: a name, or a path from here.")
    ] = None
    description: Annotated[str, Meta(description="What the profile is for, in a sentence.")] = ""
    target: Target = field(default_factory=Target)
    limits: Limits = field(default_factory=Limits)
    generation: Generation = field(default_factory=Generation)
    selection: SelectionKeys = field(default_factory=SelectionKeys)
    capabilities: Capabilities = field(default_factory=Capabilities)
    actions: Actions = field(default_factory=Actions)
    quirks: Quirks = field(default_factory=Quirks)
    waivers: tuple[Waiver, ...] = ()

    @property
    def read_only(self) -> bool:
        """Whether nothing may be made, changed or removed."""
        return not self.capabilities.writes

    def waiver_for(self, requirement: str, subject: str, today: date) -> Waiver | None:
        """The waiver that accepts this breach today, or None."""
        return waiver_for(self.waivers, requirement, subject, today)
