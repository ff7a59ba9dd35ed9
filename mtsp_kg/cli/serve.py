"""`mtsp serve`: the graph over HTTP."""

from __future__ import annotations

import click


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--base", metavar="IRI", help="What every IRI is to begin with in place of our own base.")
@click.option("--site-url", metavar="URL", help="The public address (behind a proxy); else the base, if one is given.")
@click.option("--document", metavar="FILE", type=click.Path(), help="Your copy of the document: pages show its text.")
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
    site_url: str | None,
    document: str | None,
    limit_seconds: float,
    limit_memory: int,
    workers: int | None,
    per_client: int,
    behind_proxy: str,
    log: str,
) -> None:
    """Serve every page and document, SPARQL 1.1 at /sparql and the catalogue at /api, until stopped (Ctrl-C).

    Read-only. Queries run in processes of their own, each shut in and limited in time and memory.
    """
    from concurrent.futures import Future

    from mtsp_kg.errors import MissingExtraError
    from mtsp_kg.graph import open_graph
    from mtsp_kg.load import load_project
    from mtsp_kg.publish.rebase import PublishOptions
    from mtsp_kg.serve.worker import Limits
    from mtsp_kg.serve.worker_factory import named_quads, nursery

    options = PublishOptions(base, site_url)  # checked before anything is started
    kg = open_graph(project)
    rebase = options.rebase(kg.profile)
    limits = Limits(seconds=limit_seconds, memory=limit_memory << 20)
    # The workers' parent starts while this process loads the graph, and loads it while this one imports the web server.
    quads: Future[bytes] = Future()
    source = nursery(quads.result, rebase.out(kg.profile.inferred), limits)
    source.launch()
    # From the files, which is quicker than from the cache where every statement is wanted.
    stated = load_project(kg.project, merged=False)
    if document is not None:
        from mtsp_kg.plan.pages.publisher import check_copy

        click.echo(check_copy(document, stated), err=True)
    inferred = named_quads(kg.completed.snapshot(), kg.profile.inferred)
    quads.set_result(rebase.out_bytes(named_quads(stated) + inferred))
    try:
        from mtsp_kg.plan.pages.publisher import site_to_serve
        from mtsp_kg.serve.api import QuickEntities
        from mtsp_kg.serve.app import Served
        from mtsp_kg.serve.live_site import LiveSite
        from mtsp_kg.serve.pool import Shares
        from mtsp_kg.serve.server import Settings, serve
    except ImportError as error:
        raise MissingExtraError("The web server is not installed.", remedy="pip install 'mtsp-kg[serve]'.") from error
    from mtsp_kg.query.catalogue import read_catalogue

    shares = Shares(running=per_client, **({"workers": workers} if workers else {}))
    settings = Settings(host, port, site_url or base or "", behind_proxy, log, limits, shares)
    queries = read_catalogue(kg.project, "ask")
    entities = QuickEntities(kg.completed, kg.profile)

    def served(here: str) -> Served:
        site = LiveSite(lambda: site_to_serve(kg.project, stated, base, here, document))
        return Served(queries, entities, kg.profile, here, site, rebase)

    serve(settings, source, served, click.echo)
