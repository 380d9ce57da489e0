"""`desk` and `watch`: the pages on which people look at takes, decide and ask for more."""

import sys
from collections.abc import Callable

import click

from farm.cli.context import settings_of, store_of

LOOPBACK = "127.0.0.1"


@click.command()
@click.option(
    "--host",
    default=LOOPBACK,
    show_default=True,
    help="Where it listens; any other wants people who sign in.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8400, show_default=True, help="0 picks one."
)
@click.pass_context
def desk(ctx: click.Context, host: str, port: int) -> None:
    """Look, compare, decide and ask for more in a browser, beside a run or without one, until Ctrl-C.

    Nobody but this machine reaches it. For others, `farm user add NAME --role reviewer` prints a link for
    each; then listen on --host 0.0.0.0.

    \b
    Examples: farm desk
              farm desk --host 0.0.0.0 --port 8400
    """
    _serve(ctx, host, port)


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8400, show_default=True, help="The desk's."
)
@click.pass_context
def watch(ctx: click.Context, port: int) -> None:
    """Open the desk at who makes what and what comes next; where no desk is there, be one until Ctrl-C.

    \b
    Example: farm watch
    """
    import webbrowser

    from farm import extras

    with extras.needed():
        from farm.desk import serve

        address = f"http://{LOOPBACK}:{port}/"
        if serve.is_there(address):
            click.echo(f"Desk: {address}workers", err=True)
            webbrowser.open(f"{address}workers")
            return
        _serve(ctx, LOOPBACK, port, lambda there: webbrowser.open(f"{there}workers"))


def _serve(
    ctx: click.Context, host: str, port: int, then: Callable[[str], object] = lambda _: None
) -> None:
    from farm import extras

    settings = settings_of(ctx)
    with extras.needed():
        from farm.desk import policy, serve

        def tell(address: str) -> None:
            click.echo(f"Desk: {address} (Ctrl-C ends it)", err=True)
            if not policy.is_loopback(host) and sys.stderr.isatty():
                click.echo(_qr(_for_others(settings.desk_address, address)), err=True)
            then(address)

        serve.serve(settings, store_of(settings, make=True), host, port, tell)


def _for_others(said: str, listens: str) -> str:
    """Where a phone finds it: as the settings say, unless they say nothing but this machine."""
    from urllib.parse import urlsplit

    from farm.desk.policy import is_loopback

    return listens if is_loopback(urlsplit(said).hostname or "") else said


def _qr(address: str) -> str:
    """The address as a code that a phone reads."""
    import io

    import segno

    drawn = io.StringIO()
    segno.make(address, micro=False).terminal(out=drawn, compact=True)
    return drawn.getvalue()
