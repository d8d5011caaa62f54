"""`verify CERTIFICATE`: whether it holds, without the server."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("verify")
@click.argument("certificate")
@click.option(
    "--key",
    metavar="FILE",
    help="The signer's public key (PEM); else the one beside the certificate, which proves no one.",
)
def command(certificate: str, key: str | None) -> int:
    """Check a certificate, offline: signature, files, plan, and the verdict by the record.

    CERTIFICATE is the file, in the folder of its run. Every check that passed is judged again from
    the recorded traffic. Exit 0 when the certificate holds, 1 when it does not, 2 when files cannot
    be read.
    """
    from conformance.certification.issuing import PUBLIC_KEY  # noqa: PLC0415 - not for --help
    from conformance.certification.keys import public_key  # noqa: PLC0415 - as above
    from conformance.certification.verification import verify  # noqa: PLC0415 - as above

    path = Path(certificate)
    trusted = public_key(Path(key) if key else path.with_name(PUBLIC_KEY))
    found = verify(path, trusted, narrate=lambda step: click.echo(f"{step} ok", err=True))
    run, again = found.run, found.rejudged
    click.echo(f"HOLDS  {run.verdict}  {run.target.url}  partner {run.target.partner_id}")
    click.echo(
        f"  judged     {run.started}, level must, suite {run.suite.version} ({found.source})"
    )
    click.echo(f"  schema     {run.schema.api_version}  sha256 {run.schema.sha256}")
    click.echo(f"  again      {again.again} of {run.plan.checks} checks judged again by the record")
    for reason, count in sorted(again.not_again.items(), key=lambda item: -item[1]):
        click.echo(f"    {count:>6}   {reason}")
    click.echo(f"  signed by  {found.key}")
    if key is None:
        click.echo(
            "  beware     whose key that is nobody says: give the signer's with --key", err=True
        )
    return 0
