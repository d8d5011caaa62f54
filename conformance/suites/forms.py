"""The forms in which several suites send a call or want its answer."""

from __future__ import annotations

from conformance.wire.request import Encoding, Form, Format

BY_GET = Form(method="GET", encoding=Encoding.QUERY)
IN_XML = Form(format=Format.XML)
CALLBACK = "conformance.callback_1"
BY_SCRIPT = Form(method="GET", encoding=Encoding.QUERY, format=Format.JSONP, callback=CALLBACK)

ENCODINGS = (
    Form(encoding=Encoding.FORM),
    BY_GET,
    Form(encoding=Encoding.MULTIPART),
    Form(encoding=Encoding.MULTIPART_JSON),
)
"""Every way to encode a call but the usual one, JSON."""

FORMATS = (IN_XML, Form(format=Format.PHP), BY_SCRIPT)
"""Every format of an answer but the usual one, JSON."""
