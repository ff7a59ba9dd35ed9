"""`mtsp serve`: the graph over HTTP."""

from __future__ import annotations

import click


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--base", metavar="IRI", help="The public address, where it is another (behind a proxy).")
@click.option(
    "--limit-seconds", default=10.0, show_default=True, type=click.FloatRange(0.05, 3600), help="A query's time."
)
@click.option(
    "--limit-memory", default=512, show_default=True, type=click.IntRange(32), help="A query's memory, in MB."
)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Processes that answer queries; cores plus one if not given."
)
@click.option(
    "--per-client", default=1, show_default=True, type=click.IntRange(1), help="Queries of one client at a time."
)
@click.option("--behind-proxy", metavar="ADDRESS", default="", help="A proxy whose X-Forwarded-For is believed.")
@click.option(
    "--log",
    type=click.Choice(["off", "requests", "queries"]),
    default="requests",
    show_default=True,
    help="The access log on standard error; queries: with their text.",
)
@click.pass_obj
def command(
    project: str | None,
    host: str,
    port: int,
    base: str | None,
    limit_seconds: float,
    limit_memory: int,
    workers: int | None,
    per_client: int,
    behind_proxy: str,
    log: str,
) -> None:
    """Serve SPARQL 1.1 at /sparql and the catalogue at /api until stopped (Ctrl-C).

    Read-only. Queries run in processes of their own, each shut in and limited in time and memory.
    """
    from mtsp_kg import names
    from mtsp_kg.errors import MissingExtraError, ParameterError
    from mtsp_kg.graph import open_graph

    if base is not None and (not base.startswith(("http://", "https://")) or not base.endswith("/")):
        raise ParameterError(f"'{base}' is no base.", remedy="Give an http or https IRI that ends with '/'.")
    from mtsp_kg.serve.nursery import named_quads, nursery
    from mtsp_kg.serve.worker import Limits

    kg = open_graph(project)
    store = kg.store
    limits = Limits(seconds=limit_seconds, memory=limit_memory << 20)
    # The workers' parent loads the graph while this process imports the web server.
    source = nursery(lambda: named_quads(store.oxigraph), names.INFERRED, limits)
    source.launch()
    try:
        from mtsp_kg.serve.app import Served
        from mtsp_kg.serve.catalogue import QuickEntities
        from mtsp_kg.serve.pool import Shares
        from mtsp_kg.serve.run import Settings, serve
    except ImportError as error:
        raise MissingExtraError("The web server is not installed.", remedy="pip install 'mtsp-kg[serve]'.") from error
    from mtsp_kg.query.catalogue import read_catalogue

    shares = Shares(running=per_client, **({"workers": workers} if workers else {}))
    settings = Settings(host, port, base or "", behind_proxy, log, limits, shares)
    queries = read_catalogue(kg.project, "ask")
    entities = QuickEntities(store, kg.plan)
    serve(settings, source, lambda here: Served(queries, entities, here), click.echo)
