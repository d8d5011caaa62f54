"""An API error as it is raised, and the object that the client gets to see (CONTRACT ERR-02…06)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.schema.model import Schema

EXCEPTION_TYPE = "KalturaAPIException"
UNFILLED = "N/A"
_MARKUP = re.compile(r"<[^>]*>?")

# Codes whose published template is not the one that is used on every path (CONTRACT ERR-34).
_OWN_TEMPLATES = {
    "INVALID_KS": (
        'Invalid KS "@KSID@", Error "@ERR_CODE@,@ERR_DESC@"',
        ("KSID", "ERR_CODE", "ERR_DESC"),
    ),
    "INTERNAL_SERVERL_ERROR": ("Internal server error occurred", ()),
    "INVALID_USER_ID": ("Invalid user id", ()),
}


class ApiFault(Exception):
    """A refusal of the API.

    `values` fill the template's placeholders in order; `named` by name, for errors whose
    placeholders are not those of the published template.
    """

    def __init__(
        self,
        code: str,
        *values: object,
        named: dict[str, str] | None = None,
        message: str | None = None,
        header: str | None = None,
    ) -> None:
        """Keep the facts; the text comes from the schema's template."""
        super().__init__(code, *values)
        self.code = code
        self.values = tuple(str(value) for value in values)
        self.named = named
        self.message = message
        self.header = header


class BareFault(Exception):
    """A refusal that is told in headers only, with an empty body (CONTRACT WIRE-40, WIRE-51)."""

    def __init__(
        self, code: str, explanation: str, *, content_type: str = "text/html; charset=UTF-8"
    ) -> None:
        """Keep the code and the sentence of the `X-Kaltura-App` header."""
        super().__init__(code)
        self.code = code
        self.explanation = explanation
        self.content_type = content_type


def describe(schema: Schema, fault: ApiFault) -> dict[str, Any]:
    """The error object: code, message, objectType and args (CONTRACT ERR-02)."""
    template, names = _template(schema, fault)
    if fault.named is None:
        filled = dict.fromkeys(names, UNFILLED)
        filled.update(zip(names, fault.values, strict=False))
    else:
        filled = dict(fault.named)
    arguments = {name: without_markup(value) for name, value in filled.items()}
    message = template
    for name, value in arguments.items():
        message = message.replace(f"@{name}@", value)
    return {
        "code": fault.code,
        "message": message,
        "objectType": EXCEPTION_TYPE,
        "args": arguments,
    }


def is_error(value: object) -> bool:
    """Whether a result is an error object."""
    return type(value) is dict and value.get("objectType") == EXCEPTION_TYPE


def without_markup(text: str) -> str:
    """The text without HTML tags, as errors echo it (CONTRACT ERR-05)."""
    return _MARKUP.sub("", text) if "<" in text else text


def _template(schema: Schema, fault: ApiFault) -> tuple[str, tuple[str, ...]]:
    """The message template and the names of its placeholders."""
    if fault.code in _OWN_TEMPLATES:
        message, names = _OWN_TEMPLATES[fault.code]
    elif (published := schema.errors.get(fault.code)) is not None:
        message, names = published.message, published.parameters
    else:
        names = tuple(f"ARG_{number}" for number in range(1, len(fault.values) + 1))
        message = " ".join(
            [fault.code.replace("_", " ").capitalize(), *(f"[@{name}@]" for name in names)]
        )
    return (fault.message if fault.message is not None else message), names
