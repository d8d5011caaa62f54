"""More faults of errors: arguments, codes and messages that do not fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import is_error, is_not_found
from tests.hunt.mutant import answering, around

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World


def args_of(value: Any) -> dict[str, Any]:
    """The arguments of an error; empty where there are none."""
    found = value.get("args") if is_error(value) else None
    return found if isinstance(found, dict) else {}


@answering("*")
def args_are_swapped(_call: Call, value: Any, _world: World) -> Any:
    """The values of an error's first two arguments are in each other's place."""
    args = args_of(value)
    if len(args) > 1:
        one, two, *_ = args
        args[one], args[two] = args[two], args[one]
    return value


@answering("*")
def args_lack_the_last(_call: Call, value: Any, _world: World) -> Any:
    """The last of an error's arguments is missing."""
    args = args_of(value)
    if args:
        args.popitem()
    return value


@answering("*")
def args_are_numbers(_call: Call, value: Any, _world: World) -> Any:
    """Arguments that look like numbers are numbers."""
    args = args_of(value)
    for name in args:
        if isinstance(args[name], str) and args[name].isdigit():
            args[name] = int(args[name])
    return value


@answering("*")
def codes_end_in_a_blank(_call: Call, value: Any, _world: World) -> Any:
    """Codes end in a blank."""
    if is_error(value):
        value["code"] = f"{value['code']} "
    return value


@around("*")
def messages_are_of_the_error_before(_call: Call, world: World) -> Any:
    """A message is that of the same code's error before."""
    value = yield
    if is_error(value):
        code, text = value["code"], value["message"]
        value["message"] = world.memory.get(code, text)
        world.memory[code] = text
    return value


@answering("add", "update")
def enum_errors_name_another_property(_call: Call, value: Any, _world: World) -> Any:
    """A wrong enum value is reported for another property."""
    if is_error(value, "INVALID_ENUM_VALUE") and "PARAM_NAME" in args_of(value):
        was = str(value["args"]["PARAM_NAME"])
        value["args"]["PARAM_NAME"] = "status"
        value["message"] = str(value["message"]).replace(was, "status")
    return value


@answering("*")
def limit_errors_are_of_the_other_end(_call: Call, value: Any, world: World) -> Any:
    """A text or number over its greatest is reported as one under its least."""
    swap = {
        "PROPERTY_VALIDATION_MAX_LENGTH": ("PROPERTY_VALIDATION_MIN_LENGTH", "MIN_LEN"),
        "PROPERTY_VALIDATION_MAX_VALUE": ("PROPERTY_VALIDATION_MIN_VALUE", "MIN_VAL"),
    }
    if is_error(value) and value["code"] in swap:
        code, limit = swap[value["code"]]
        name, most = [*args_of(value).values(), "", ""][:2]
        return world.error(code, PROP_NAME=str(name), **{limit: str(most)})
    return value


@answering("*")
def limit_errors_name_another_limit(_call: Call, value: Any, _world: World) -> Any:
    """A refused length is reported with a limit of 1."""
    args = args_of(value)
    for name in ("MAX_LEN", "MIN_LEN", "MAX_VAL", "MIN_VAL"):
        if name in args and is_error(value):
            value["message"] = str(value["message"]).replace(str(args[name]), "1")
            args[name] = "1"
    return value


@answering("*")
def unknown_ids_are_one_code(_call: Call, value: Any, world: World) -> Any:
    """Whatever does not exist is refused as INVALID_OBJECT_ID."""
    if is_not_found(value) and value["code"] != "INVALID_OBJECT_ID":
        found = [*args_of(value).values(), "N/A"][0]
        return world.error("INVALID_OBJECT_ID", ID=str(found))
    return value


@answering("list", "count")
def lists_answer_errors_for_nothing(_call: Call, value: Any, world: World) -> Any:
    """A list that holds nothing is answered with an error."""
    if isinstance(value, dict) and value.get("objects") == []:
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@answering("*")
def members_errors_lack_their_args(call: Call, value: Any, _world: World) -> Any:
    """Errors inside a multirequest have no arguments."""
    if call.slot is not None and is_error(value):
        value["args"] = []
    return value


@answering("*")
def members_errors_are_wrapped(call: Call, value: Any, _world: World) -> Any:
    """Errors inside a multirequest come in {"error": ...}."""
    return {"error": value} if call.slot is not None and is_error(value) else value


@answering("add", "update", "delete")
def forbidden_names_another_action(_call: Call, value: Any, _world: World) -> Any:
    """What is forbidden is reported as another action of the service."""
    args = args_of(value)
    if is_error(value, "SERVICE_FORBIDDEN") and "->" in str(args.get("SERVICE")):
        was = str(args["SERVICE"])
        args["SERVICE"] = was.partition("->")[0] + "->get"
        value["message"] = str(value["message"]).replace(was, args["SERVICE"])
    return value
