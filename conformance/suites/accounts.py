"""The accounts' secrets, which only checks of the login itself have a use for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.plugin.check import NotApplicable

if TYPE_CHECKING:
    from conformance.plugin.context import Context


def user_secret(context: Context) -> str:
    """The secret of users; NotApplicable where the target was given none of its own."""
    account = context.account
    if not account.user_secret or account.user_secret == account.admin_secret:
        raise NotApplicable("no user secret was given")
    return account.user_secret


def needs_local_sessions(context: Context) -> None:
    """NotApplicable where the server takes no KS that it did not make itself."""
    if not context.profile.capabilities.local_sessions:
        raise NotApplicable("the profile says that locally made sessions are not taken")
