"""Oracles of the wire area over two exchanges that have to say the same.

`baseline` is the call as a modern client makes it, `variant` the same call in another guise.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.equivalence import View, differences, readable
from conformance.verdict.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.wire.exchange import Exchange

SHOWN = 5
"""Differences told of one pair: the first ones are enough to act on."""


def _same(baseline: Exchange, variant: Exchange, view: View, guise: str) -> Iterator[Breach]:
    """A breach for each place where the variant departs from the baseline."""
    if not readable(baseline):
        return
    for difference in islice(differences(baseline, variant, view), SHOWN):
        yield Breach(
            where=difference.where,
            expected=difference.first,
            actual=difference.second,
            hint=f"{guise} differs from the same call as JSON by POST",
            exchanges=(baseline.number, variant.number),
        )


@oracle("WIRE-METHOD-001")
def get_equals_post(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """A call by GET answers what the same call by POST answers."""
    yield from _same(baseline, variant, view, "GET")


@oracle("WIRE-METHOD-002")
def other_methods_equal_post(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """A call by PUT, DELETE or PATCH answers what the same call by POST answers."""
    yield from _same(baseline, variant, view, variant.request.method)


@oracle("WIRE-ENC-001")
def form_equals_json(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Parameters as an urlencoded form with colon paths mean what they mean as nested JSON."""
    yield from _same(baseline, variant, view, "the urlencoded form")


@oracle("WIRE-ENC-002")
def query_equals_json(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Parameters in the query string of a POST mean what they mean as nested JSON."""
    yield from _same(baseline, variant, view, "the query string")


@oracle("WIRE-ENC-003")
def multipart_equals_json(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Parameters as multipart fields mean what they mean as nested JSON."""
    yield from _same(baseline, variant, view, "multipart")


@oracle("WIRE-ENC-004")
def json_part_equals_json(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Parameters in a multipart field named `json` mean what they mean as a JSON body."""
    yield from _same(baseline, variant, view, "a multipart field named json")


@oracle("WIRE-ENC-005")
def brackets_equal_colons(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Nested parameters in bracket notation mean what they mean as nested JSON."""
    yield from _same(baseline, variant, view, "bracket notation")


@oracle("WIRE-ENC-006")
def colon_keys_in_json_nest(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """A top-level JSON key with colons means what the nested objects mean."""
    yield from _same(baseline, variant, view, "a JSON key with colons")


@oracle("WIRE-FORMAT-001")
def xml_equals_json(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """An answer in XML holds the values of the same answer in JSON."""
    yield from _same(baseline, variant, view, "XML")


@oracle("WIRE-FORMAT-002")
def php_equals_json(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """An answer as serialised PHP holds the values of the same answer in JSON."""
    yield from _same(baseline, variant, view, "serialised PHP")


@oracle("WIRE-FORMAT-003")
def jsonp_equals_json(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """An answer as JSONP holds the values of the same answer in JSON."""
    yield from _same(baseline, variant, view, "JSONP")


@oracle("WIRE-FORMAT-006")
def numeric_text_names_the_format(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A format may be given as any text of the same number."""
    yield from _same(baseline, variant, view, "format as another text of 1")


@oracle("WIRE-NAME-001")
def service_name_ignores_case(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A service is found by its id in any case of letters."""
    yield from _same(baseline, variant, view, "the service's id in capitals")


@oracle("WIRE-NAME-002")
def action_name_ignores_case(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """An action is found by its name in any case of letters."""
    yield from _same(baseline, variant, view, "the action's name in capitals")


@oracle("WIRE-NAME-003")
def parameter_name_keeps_case(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A parameter whose name is written in another case counts as not sent."""
    yield from _same(baseline, variant, view, "a parameter's name in capitals")


@oracle("WIRE-IGNORE-001")
def unknown_parameter_is_ignored(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A parameter that the action does not declare changes nothing."""
    yield from _same(baseline, variant, view, "an unknown parameter")


@oracle("WIRE-IGNORE-002")
def client_tag_changes_nothing(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """The parameters clientTag, apiVersion and kalsig change no answer."""
    yield from _same(baseline, variant, view, "clientTag, apiVersion and kalsig")


@oracle("WIRE-IGNORE-003")
def unknown_property_is_ignored(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A property that the class does not declare changes nothing."""
    yield from _same(baseline, variant, view, "an unknown property")


@oracle("WIRE-URL-001")
def index_query_equals_path(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Service and action in the query of index.php name what they name in the path."""
    yield from _same(baseline, variant, view, "index.php?service=&action=")


@oracle("WIRE-URL-002")
def index_path_equals_path(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Service and action in the path behind index.php name what they name in the plain path."""
    yield from _same(baseline, variant, view, "index.php/service/")


@oracle("WIRE-URL-003")
def parameters_may_name_the_action(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """Service and action among the bare endpoint's parameters name what they name in the path."""
    yield from _same(baseline, variant, view, "service and action among the parameters")


@oracle("WIRE-PRECEDENCE-001")
def query_beats_body(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Of two values of one parameter, the one in the query string beats the one in the body."""
    yield from _same(
        baseline, variant, view, "the value in the query, against another in the body,"
    )


@oracle("WIRE-PRECEDENCE-002")
def path_beats_query(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """Of two values of one parameter, the one in the path beats the one in the query string."""
    yield from _same(
        baseline, variant, view, "the value in the path, against another in the query,"
    )


@oracle("WIRE-BODY-001")
def charset_hides_the_body(baseline: Exchange, variant: Exchange, view: View) -> Iterator[Breach]:
    """A JSON body whose Content-Type has a charset behind it counts as not sent."""
    yield from _same(baseline, variant, view, "a JSON body with a charset in its type")


@oracle("WIRE-BODY-002")
def malformed_json_is_no_parameters(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A malformed JSON body counts as not sent and is never an error of its own."""
    yield from _same(baseline, variant, view, "malformed JSON")


@oracle("WIRE-CAST-001")
def numeric_text_is_the_number(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """An int parameter given as text means the number that the text starts with."""
    yield from _same(baseline, variant, view, "the number as text")


@oracle("WIRE-TEXT-001")
def text_is_read_alike_in_every_encoding(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """Text of the Basic Multilingual Plane is read alike in every encoding and format."""
    yield from _same(baseline, variant, view, "the same text in another encoding or format")
