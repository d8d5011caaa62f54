"""The schema as it is served, and the rules that what it describes has to keep."""

# ruff: noqa: PT019 - a check's second parameter is its subject, not a fixture

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import schema as oracle
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subject import Subject
from conformance.plugin.subjects import services, target
from conformance.schema.standard import entity_of, standard_actions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.schema.model import Service
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

SCHEMA_PATH = "/api_v3/api_schema.php"


def _subject(service: Service) -> Subject:
    return Subject(kind="service", name=service.id, service=service.id)


def with_aliases(scope: Scope) -> Iterator[Subject]:
    """The services that hold an action of another one."""
    for service in scope.schema.services.values():
        if any(action.alias for action in service.actions.values()):
            yield _subject(service)


def with_list(scope: Scope) -> Iterator[Subject]:
    """The services that list."""
    for service in scope.schema.services.values():
        if service.offers("list"):
            yield _subject(service)


def standard(scope: Scope) -> Iterator[Subject]:
    """The services with a standard action."""
    for service in scope.schema.services.values():
        if standard_actions(service):
            yield _subject(service)


def with_entity(scope: Scope) -> Iterator[Subject]:
    """The services whose standard actions are about a class."""
    for service in scope.schema.services.values():
        if entity_of(scope.schema, scope.lineage, service.id):
            yield _subject(service)


def _service(context: Context, subject: Subject) -> Service:
    return context.schema.services[subject.name]


def _served(context: Context) -> Exchange:
    """Ask for the schema. Where none was generated, the one given to the run has to do."""
    exchange = context.send_raw("GET", SCHEMA_PATH)
    given = context.profile.target.schema is not None
    if given and not exchange.response.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NotApplicable("the run was given a schema, and the target serves none")
    return exchange


@check(oracle.schema_is_served_as_xml, over=target)
def test_schema_is_served_as_xml(context: Context, _: Subject) -> Iterable[Breach]:
    """Ask for the schema."""
    return oracle.schema_is_served_as_xml(_served(context))


@check(oracle.served_schema_can_be_read, over=target)
def test_served_schema_can_be_read(context: Context, _: Subject) -> Iterable[Breach]:
    """Ask for the schema once more, and read it."""
    return oracle.served_schema_can_be_read(_served(context))


@check(oracle.served_schema_stays_the_same, over=target)
def test_served_schema_stays_the_same(context: Context, _: Subject) -> Iterable[Breach]:
    """Ask for the schema twice in a row."""
    return oracle.served_schema_stays_the_same(_served(context), _served(context))


@check(oracle.schema_says_its_version_and_date, over=target)
def test_schema_says_its_version_and_date(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the root element."""
    return oracle.schema_says_its_version_and_date(context.schema)


@check(oracle.schema_keeps_to_the_grammar, over=target)
def test_schema_keeps_to_the_grammar(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at what the reader put aside."""
    return oracle.schema_keeps_to_the_grammar(context.schema)


@check(oracle.types_are_named_by_the_pattern, over=target)
def test_types_are_named_by_the_pattern(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the names of all classes and enums."""
    return oracle.types_are_named_by_the_pattern(context.schema)


@check(oracle.bases_come_before_their_children, over=target)
def test_bases_come_before_their_children(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the order of the classes."""
    return oracle.bases_come_before_their_children(context.schema)


@check(oracle.arrays_name_their_elements, over=target)
def test_arrays_name_their_elements(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at every array and map."""
    return oracle.arrays_name_their_elements(context.schema)


@check(oracle.times_are_whole_numbers, over=target)
def test_times_are_whole_numbers(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at everything marked as a time."""
    return oracle.times_are_whole_numbers(context.schema)


@check(oracle.read_only_excludes_writing, over=target)
def test_read_only_excludes_writing(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the flags of every property."""
    return oracle.read_only_excludes_writing(context.schema)


@check(oracle.limits_leave_room, over=target)
def test_limits_leave_room(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the limits of every property."""
    return oracle.limits_leave_room(context.schema)


@check(oracle.multilingual_strings_have_twins, over=target)
def test_multilingual_strings_have_twins(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at every multi-lingual property."""
    return oracle.multilingual_strings_have_twins(context.schema)


@check(oracle.enums_match_their_members, over=target)
def test_enums_match_their_members(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at everything that is drawn from an enum."""
    return oracle.enums_match_their_members(context.schema)


@check(oracle.int_enums_hold_whole_numbers, over=target)
def test_int_enums_hold_whole_numbers(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the constants of the int enums."""
    return oracle.int_enums_hold_whole_numbers(context.schema)


@check(oracle.constants_are_named_once, over=target)
def test_constants_are_named_once(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the constants of all enums."""
    return oracle.constants_are_named_once(context.schema)


@check(oracle.value_lists_are_strings, over=target)
def test_value_lists_are_strings(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at every property that lists values of an enum."""
    return oracle.value_lists_are_strings(context.schema)


@check(oracle.order_by_values_are_signed, over=target)
def test_order_by_values_are_signed(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the orders of all classes."""
    return oracle.order_by_values_are_signed(context.schema)


@check(oracle.error_placeholders_are_parameters, over=target)
def test_error_placeholders_are_parameters(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the template of every error."""
    return oracle.error_placeholders_are_parameters(context.schema)


@check(oracle.errors_of_the_framework_are_published, over=target)
def test_errors_of_the_framework_are_published(context: Context, _: Subject) -> Iterable[Breach]:
    """Look for the errors that this suite itself provokes everywhere."""
    return oracle.errors_of_the_framework_are_published(context.schema)


@check(oracle.error_codes_are_tokens, over=target)
def test_error_codes_are_tokens(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the code of every error."""
    return oracle.error_codes_are_tokens(context.schema)


@check(oracle.plugins_are_declared, over=target)
def test_plugins_are_declared(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at everything that names a plugin."""
    return oracle.plugins_are_declared(context.schema)


@check(oracle.inherited_properties_are_not_redeclared, over=target)
def test_inherited_properties_are_not_redeclared(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at every property beside those that its class inherits."""
    return oracle.inherited_properties_are_not_redeclared(context.schema, context.lineage)


@check(oracle.order_by_names_properties_both_ways, over=target)
def test_order_by_names_properties_both_ways(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the orders of every class beside its properties."""
    return oracle.order_by_names_properties_both_ways(context.schema, context.lineage)


@check(oracle.filters_can_order, over=target)
def test_filters_can_order(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the properties of every filter."""
    return oracle.filters_can_order(context.schema, context.lineage)


@check(oracle.list_response_counts, over=target)
def test_list_response_counts(context: Context, _: Subject) -> Iterable[Breach]:
    """Look at the properties of every list response."""
    return oracle.list_response_counts(context.lineage)


@check(oracle.service_id_is_its_name_in_lower_case, over=services)
def test_service_id_is_its_name_in_lower_case(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Look at the service's id and name."""
    return oracle.service_id_is_its_name_in_lower_case(context.schema, _service(context, subject))


@check(oracle.file_answers_stay_out_of_multirequest, over=services)
def test_file_answers_stay_out_of_multirequest(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Look at the results of the service's actions."""
    return oracle.file_answers_stay_out_of_multirequest(_service(context, subject))


@check(oracle.aliases_name_actions, over=with_aliases)
def test_aliases_name_actions(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the aliases of the service's actions."""
    return oracle.aliases_name_actions(context.schema, _service(context, subject))


@check(oracle.parameters_are_named_once, over=services)
def test_parameters_are_named_once(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the parameters of the service's actions."""
    return oracle.parameters_are_named_once(_service(context, subject))


@check(oracle.defaults_can_be_read, over=services)
def test_defaults_can_be_read(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the defaults of the service's parameters."""
    return oracle.defaults_can_be_read(_service(context, subject))


@check(oracle.list_answers_a_list_response, over=with_list)
def test_list_answers_a_list_response(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the result of the service's `list`."""
    return oracle.list_answers_a_list_response(context.lineage, _service(context, subject))


@check(oracle.listed_objects_are_the_entity, over=with_list)
def test_listed_objects_are_the_entity(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the result of the service's `list` beside those of `get` and `add`."""
    return oracle.listed_objects_are_the_entity(context.lineage, _service(context, subject))


@check(oracle.list_filters_descend_from_filters, over=with_list)
def test_list_filters_descend_from_filters(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the filter of the service's `list`."""
    return oracle.list_filters_descend_from_filters(context.lineage, _service(context, subject))


@check(oracle.written_objects_can_be_read, over=standard)
def test_written_objects_can_be_read(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at which standard actions the service offers."""
    return oracle.written_objects_can_be_read(
        context.schema, context.lineage, _service(context, subject)
    )


@check(oracle.action_answers_the_entity_it_takes, over=standard)
def test_action_answers_the_entity_it_takes(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at what the service's `add` and `update` take and answer."""
    return oracle.action_answers_the_entity_it_takes(context.lineage, _service(context, subject))


@check(oracle.object_is_named_by_a_parameter, over=standard)
def test_object_is_named_by_a_parameter(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the parameters of the service's `get`, `update` and `delete`."""
    return oracle.object_is_named_by_a_parameter(_service(context, subject))


@check(oracle.service_is_named_after_its_entity, over=with_entity)
def test_service_is_named_after_its_entity(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at the service's name beside the class of its objects."""
    return oracle.service_is_named_after_its_entity(
        context.schema, context.lineage, _service(context, subject)
    )
