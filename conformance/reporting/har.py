"""The exchanges of the findings as an HTTP archive, for a browser's network panel."""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from harfile import Content, Creator, HarFile, PostData, Record, Request, Response, Timings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reporting.evidence import Evidence
    from conformance.wire.exchange import Exchange, Received, SentRequest

HTTP = "HTTP/1.1"


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`findings.har`: each exchange once, with the ids of its findings as its comment."""
    shown: dict[int, list[str]] = defaultdict(list)
    for finding in evidence.run.findings:
        for exchange in evidence.history(finding):
            shown[exchange.number].append(f"{finding.id} {finding.requirement}")
    out = io.StringIO()
    creator = Creator(name="kaltura-conformance", version=evidence.run.suite.version)
    with HarFile(out, creator=creator) as har:
        for number in sorted(shown):
            exchange = evidence.exchanges[number]
            har.add_entry(
                startedDateTime=datetime.fromtimestamp(exchange.started_at, UTC),
                time=exchange.elapsed_ms,
                request=_request(exchange.request),
                response=_response(exchange),
                timings=Timings(send=0, wait=exchange.elapsed_ms, receive=0),
                comment=", ".join(shown[number]),
            )
    yield "findings.har", out.getvalue().encode()


def _request(request: SentRequest) -> Request:
    kind = next((v for name, v in request.headers if name.lower() == "content-type"), "")
    post = None
    if request.body:
        post = PostData(mimeType=kind, text=request.body.decode(errors="replace"))
    query = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    return Request(
        method=request.method,
        url=request.url,
        httpVersion=HTTP,
        headers=_records(request.headers),
        queryString=_records(query),
        postData=post,
        headersSize=-1,
        bodySize=len(request.body),
    )


def _response(exchange: Exchange) -> Response:
    response = exchange.response
    return Response(
        status=response.status,
        statusText="",
        httpVersion=HTTP,
        headers=_records(response.headers),
        content=_content(response),
        redirectURL=response.header("Location") or "",
        headersSize=-1,
        bodySize=len(response.body),
    )


def _content(response: Received) -> Content:
    kind = response.header("Content-Type") or "application/octet-stream"
    try:
        return Content(size=len(response.body), mimeType=kind, text=response.body.decode())
    except UnicodeDecodeError:
        text = base64.b64encode(response.body).decode()
        return Content(size=len(response.body), mimeType=kind, text=text, encoding="base64")


def _records(pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> list[Record]:
    return [Record(name=name, value=value) for name, value in pairs]
