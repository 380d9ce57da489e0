"""`comfy read`, `comfy export`: ComfyUI's graphs, read into profiles and lists, and written of takes."""

from pathlib import Path

import click

from farm.cli.context import json_option, print_json, settings_of, store_of


@click.group()
def comfy() -> None:
    """ComfyUI: read what a graph renders, or write a take as a graph.

    \b
    Example: farm comfy read wan22.json --profile-out wan22.toml --shotlist-out wan22.csv
    """


@comfy.command()
@click.argument("graph", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--profile-out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a profile with the graph's values here.",
)
@click.option(
    "--shotlist-out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a shot list with the graph's shot here.",
)
@click.option(
    "--like",
    metavar="PROFILE",
    default="wan2.2-i2v-a14b",
    show_default=True,
    help="The profile that has what the graph does not tell.",
)
@click.option(
    "--loras",
    metavar="FOLDER",
    default="loras",
    show_default=True,
    help="Where the files of the graph's LoRAs lie.",
)
@click.option(
    "--object-info",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A server's answer to /object_info, for classes that are not known here.",
)
@json_option
@click.pass_context
def read(
    ctx: click.Context,
    graph: Path,
    profile_out: Path | None,
    shotlist_out: Path | None,
    like: str,
    loras: str,
    object_info: Path | None,
    as_json: bool,
) -> None:
    """Say what a graph of Wan2.2 renders, and which of it the farm cannot do.

    GRAPH is a workflow as ComfyUI saves it, one in API format, or a PNG or a film that has it inside. It is
    followed by its wires from the film that it saves back to its files; names and labels are not trusted.
    Exits 1 where a clip by these values would be another one than the graph's.

    \b
    Examples: farm comfy read wan22.json
              farm comfy read wan22.json --profile-out wan22.toml --shotlist-out wan22.csv
    """
    from farm.cli.display.comfy_text import show
    from farm.operations import comfy as operation

    if shotlist_out:
        operation.check_shotlist(shotlist_out)
    found = operation.read(graph, object_info)
    if profile_out or shotlist_out:
        operation.write(
            settings_of(ctx),
            found,
            profile=profile_out,
            shotlist=shotlist_out,
            like=like,
            loras=loras,
        )
    if as_json:
        print_json(found.as_json())
    else:
        show(found, profile_out, shotlist_out)
    if not found.reading.honoured:
        raise SystemExit(1)


@comfy.command()
@click.argument("production")
@click.argument("shot")
@click.option("--take", type=click.IntRange(min=1), help="Not the selected one.")
@click.option("--api", is_flag=True, help="The graph in API format, as servers take it.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write what there is of both formats, and the start picture, into this folder.",
)
@click.pass_context
def export(
    ctx: click.Context, production: str, shot: str, take: int | None, api: bool, to: Path | None
) -> None:
    """Print a take as a workflow that ComfyUI opens.

    Of one for ComfyUI servers it is the graph that they render. The start picture is not
    in it: --to writes it beside, under the name that the graph asks for.

    \b
    Examples: farm comfy export nike_ss27 sh010 > sh010.json
              farm comfy export nike_ss27 sh010 --take 2 --to graphs
    """
    from farm.operations import comfy_export as operation

    settings = settings_of(ctx)
    made = operation.export(settings, store_of(settings), production, shot, take)
    if made.segments > 1:
        click.echo(
            f"farm: {made.name} is a clip of {made.segments} segments, and the graph makes the first; each "
            "other one begins with the last frame of the one before",
            err=True,
        )
    if not made.texts.workflow and not api:
        click.echo(
            f"farm: {made.name} is rendered on ComfyUI servers: this is the graph for it, in API format, "
            "which ComfyUI opens too, with names of picture and film of its own; no canvas is drawn of it",
            err=True,
        )
    if to is None:
        click.echo(made.texts.prompt if api else made.texts.workflow or made.texts.prompt)
        return
    for place in operation.write(settings, made, to):
        click.echo(str(place))
