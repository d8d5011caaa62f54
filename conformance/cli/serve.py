"""`serve`: the embedded server alone."""

from __future__ import annotations

from contextlib import closing
from importlib.resources import files
from pathlib import Path

import click

from conformance.exceptions import UsageError


@click.command(name="serve")
@click.option(
    "--schema",
    "schema_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Schema file to serve instead of the built-in one.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="ID",
    help="Switch a seeded fault on; may be given several times.",
)
@click.option(
    "--variation",
    "variations",
    multiple=True,
    metavar="ID",
    help="Be another sound server; may be given several times.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--database",
    type=click.Path(dir_okay=False),
    default=":memory:",
    help="SQLite file that keeps the objects.",
)
def command(
    schema_file: Path | None,
    faults: tuple[str, ...],
    variations: tuple[str, ...],
    port: int,
    host: str,
    database: str,
) -> None:
    """Serve the embedded Kaltura server until it is told to stop.

    Prints one JSON line with the address and the throwaway accounts when it is ready.
    """
    from conformance.reference.application import Application  # noqa: PLC0415 - keeps --help fast
    from conformance.reference.server import listen, serve, url_of  # noqa: PLC0415
    from conformance.schema.reader import parse_schema  # noqa: PLC0415

    if schema_file is None:
        content = files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes()
        source = "embedded"
    else:
        content, source = schema_file.read_bytes(), str(schema_file)
    try:
        listener = listen(host, port)
    except OSError as error:
        raise UsageError(f"cannot listen: {error.strerror}", place=f"{host}:{port}") from error
    with closing(listener):
        application = Application(
            parse_schema(content, source),
            database=database,
            faults=faults,
            variations=variations,
            url=url_of(listener),
            schema_bytes=content,
        )
        serve(application, listener)
