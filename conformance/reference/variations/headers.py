"""What stands in the headers of an answer."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from msgspec import structs

from conformance.reference.faults import alteration
from conformance.reference.variations import walking
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import HttpReply, HttpRequest

_SECONDS_OFF = 4


@variation("CONTRACT WIRE-41")
def content_types_have_no_charset(behaviour: Behaviour) -> Behaviour:
    """No Content-Type names a charset."""
    return walking.headers(
        behaviour,
        lambda given: {**given, "Content-Type": given["Content-Type"].partition(";")[0]},
    )


@variation("OBSERVED 4: a charset behind a media type does not make it another")
def content_types_have_a_charset(behaviour: Behaviour) -> Behaviour:
    """Every Content-Type names a charset, with a blank and in lower case."""

    def change(given: dict[str, str]) -> dict[str, str]:
        kind = given["Content-Type"].partition(";")[0]
        return {**given, "Content-Type": f"{kind}; charset=utf-8"}

    return walking.headers(behaviour, change)


@variation("CONTRACT WIRE-52: other headers are free")
def answers_have_more_headers(behaviour: Behaviour) -> Behaviour:
    """Proxies and the web server add headers of their own, cookies among them."""
    extra = {
        "Server": "nginx",
        "Via": "1.1 varnish",
        "X-Powered-By": "PHP/8.2.7",
        "Strict-Transport-Security": "max-age=63072000; includeSubdomains",
        "X-Frame-Options": "SAMEORIGIN",
        "Vary": "Accept-Encoding,User-Agent",
        "Set-Cookie": "SERVERID=web2; path=/",
        "X-Proxy-Me": "10.0.3.7",
    }
    return walking.headers(behaviour, lambda given: {**given, **extra})


@variation("CONTRACT WIRE-52: X-Me is the web server's configuration")
def answers_do_not_name_their_host(behaviour: Behaviour) -> Behaviour:
    """No answer has an X-Me header."""
    return walking.headers(
        behaviour, lambda given: {name: text for name, text in given.items() if name != "X-Me"}
    )


@variation("CONTRACT WIRE-52: the header may repeat")
def session_header_repeats(behaviour: Behaviour) -> Behaviour:
    """X-Kaltura-Session comes twice, from the proxy and from the server behind it."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        again = ("X-Kaltura-Session", f"712345678, {int(time.time())}")
        return structs.replace(made, headers=(*made.headers, again))

    return alteration.reply(behaviour, change)


@variation("CONTRACT WIRE-54")
def answers_tell_of_the_cache(behaviour: Behaviour) -> Behaviour:
    """Answers say under which key a cache has kept them."""
    key = {"X-Kaltura": "cache-key,00c1a2b3d4e5f60718293a4b5c6d7e8f"}
    return walking.headers(behaviour, lambda given: {**key, **given})


@variation("HTTP: the names of headers have no case")
def header_names_are_lower_case(behaviour: Behaviour) -> Behaviour:
    """All header names are in lower case, as an HTTP/2 proxy writes them."""
    return walking.headers(
        behaviour, lambda given: {name.lower(): text for name, text in given.items()}
    )


@variation("CONTRACT WIRE-52: the Date is the web server's clock")
def the_web_servers_clock_is_off(behaviour: Behaviour) -> Behaviour:
    """The Date header is some seconds ahead of the server's own time."""

    def change(given: dict[str, str]) -> dict[str, str]:
        return {**given, "Date": formatdate(time.time() + _SECONDS_OFF, usegmt=True)}

    return walking.headers(behaviour, change)


@variation("CONTRACT WIRE-52: only no-store is owed")
def caching_is_forbidden_in_fewer_words(behaviour: Behaviour) -> Behaviour:
    """Cache-Control is `no-store` alone, Expires is 0."""
    short = {"Cache-Control": "no-store", "Expires": "0"}
    return walking.headers(behaviour, lambda given: {**given, **short})


@variation("CONTRACT WIRE-51")
def files_are_elsewhere(behaviour: Behaviour) -> Behaviour:
    """A file is answered by a redirect to the storage."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        if "Accept-Ranges" not in dict(made.headers):
            return made
        place = (("Location", "http://127.0.0.1:9/content/r71/file"),)
        return structs.replace(made, status=302, headers=(*made.headers, *place), body=b"")

    return alteration.reply(behaviour, change)
