"""``loupe deploy``: bring Loupe to AWS."""

from dataclasses import replace
from pathlib import Path

import click

from loupe import deploying, originals_key
from loupe.deploying import Deployment
from loupe.options import data_option

NEXT = """
Next, if Slack is to be connected:
  loupe deploy --stack {stack}{region} --secret SLACK_BOT_TOKEN --secret SLACK_SIGNING_SECRET
  and enter the output SlackRequestUrl in the Slack app (docs/operate.md, "On AWS")."""


@click.command()
@click.option("--stack", default="loupe", show_default=True, help="Name of the CloudFormation stack.")
@click.option(
    "--region", metavar="REGION", help="AWS region, such as eu-central-1 (AWS_REGION, your profile)."
)
@click.option("--guided", is_flag=True, help="Let SAM ask for every parameter.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the template.")
@click.option(
    "--secret", "names", multiple=True, metavar="NAME", help="Ask for a secret and keep it; deploy nothing."
)
@click.option(
    "--originals-key", "key", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Key for `loupe original`, made where FILE is not there; CloudFront gets its public half.",
)  # fmt: skip
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done, and do nothing.")
@data_option
def command(
    stack: str,
    region: str | None,
    guided: bool,
    given: tuple[str, ...],
    names: tuple[str, ...],
    key: Path | None,
    dry: bool,
    data: Path | None,
) -> None:
    """Deploy Loupe to your AWS account, or keep a secret there.

    Each command is shown before it is run. Parameters keep their values from one time to the next. A secret
    is read from the terminal without being shown. Looks at no data; --data is taken because every command
    takes it.
    """
    wanted = Deployment(stack, region, guided, _parameters(given))
    deploying.check(wanted)
    if key:
        wanted = replace(wanted, parameters={**(wanted.parameters or {}), **_originals(key, dry=dry)})
    if names:
        _seal(wanted, names, dry=dry)
        return
    deploying.deploy(wanted, click.echo, dry=dry)
    click.echo(NEXT.format(stack=stack, region=f" --region {region}" if region else ""))


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise click.BadParameter(f"{each}: a parameter is given as NAME=VALUE.", param_hint="--set")
        found[name] = value
    return found


def _originals(key: Path, *, dry: bool) -> dict[str, str]:
    if dry and not key.exists():
        click.echo(f"{key} would be made: a key that signs addresses of originals.")
        return {}
    if originals_key.make(key):
        click.echo(f"{key}: made now. Who has it reads every original; LOUPE_ORIGINALS_KEY names it to you.")
    return {"OriginalsKey": originals_key.public_half(key)}


def _seal(wanted: Deployment, names: tuple[str, ...], *, dry: bool) -> None:
    for name in [deploying.known(each) for each in names]:
        if dry:
            click.echo(f"{wanted.path}/{name} would be kept in SSM's Parameter Store, sealed.")
            continue
        value = click.prompt(name, hide_input=True)
        click.echo(f"Kept at {deploying.seal(wanted, name, value)}; in use within five minutes.")
