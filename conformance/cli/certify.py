"""`certify`: a run with the fixed settings of a certification, and a signed certificate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from conformance.cli.closing import report, tell
from conformance.cli.options import certification_options
from conformance.exceptions import UsageError


@click.command("certify")
@certification_options
@click.option("--signing-key", metavar="FILE", help="The private key (Ed25519, PEM) to sign with.")
@click.option("--new-key", metavar="FILE", help="Make a key and its FILE.pub, and stop.")
def command(signing_key: str | None, new_key: str | None, **options: Any) -> int:
    """Judge a target by all that is required, and certify it.

    The settings are fixed: level must, seed 0, everything recorded. A certificate is written only
    for a whole run with exit 0. The key comes from a file or from the environment:
    KALTURA_CONFORMANCE_SIGNING_KEY, or …_FILE. Secrets of the target come as for `run`.
    """
    from conformance.certification.issuing import SETTINGS, issue, objections, refuse_partial  # noqa: PLC0415 - not for --help
    from conformance.certification.keys import signing_key as read_key  # noqa: PLC0415 - as above
    from conformance.certification.keys import write_new_key  # noqa: PLC0415 - as above
    from conformance.plugin.judging import judge  # noqa: PLC0415 - as above
    from conformance.plugin.settings import from_options  # noqa: PLC0415 - as above

    if new_key is not None:
        public = write_new_key(Path(new_key))
        click.echo(f"private key  {new_key}  (keep it secret)\npublic key   {public}")
        return 0
    key = read_key(os.environ, signing_key)
    settings = from_options({**options, **SETTINGS}, testimony=True)
    refuse_partial(settings.profile)
    run = judge(settings)
    tell(run, str(settings.output))
    report(str(settings.output))
    against = list(objections(run))
    if against:
        for objection in against:
            click.echo(f"no certificate: {objection}", err=True)
        return run.exit
    try:
        suite = issue(run, settings.output, key)
    except OSError as error:
        raise UsageError(
            f"the certificate cannot be written: {error.strerror}", place=str(settings.output)
        ) from error
    click.echo(f"  certificate {settings.output}/certificate.json")
    if suite.source.startswith(("changed", "unknown")):
        click.echo(f"  beware     the certificate says that its suite is {suite.source}", err=True)
    return 0
