"""`mtsp serve`: serve the graph over HTTP."""

from __future__ import annotations

from pathlib import Path

import click

from mtsp_kg.cli import _options


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 is any free port."
)
@_options.base
@click.option("--site-url", metavar="URL", help="Public URL of the server, behind a proxy; default: the base.")
@_options.document
@click.option(
    "--limit-seconds",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0.05, 3600),
    help="Time limit of a query.",
)
@click.option(
    "--limit-memory",
    default=512,
    show_default=True,
    type=click.IntRange(32),
    help="Memory limit of a query, in MB beyond the graph.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Number of processes that evaluate queries; default: two per core, at least four.",
)
@click.option(
    "--per-client",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="Maximum number of concurrent queries per client.",
)
@click.option("--behind-proxy", metavar="ADDRESS", default="", help="A proxy whose X-Forwarded-For header is trusted.")
@click.option(
    "--log",
    type=click.Choice(["off", "requests", "queries"]),
    default="requests",
    show_default=True,
    help="Access log on standard error; 'queries' includes the text of queries.",
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
    """Serve the graph over HTTP until stopped with Ctrl-C.

    The server has pages, RDF documents, SPARQL 1.1 at /sparql and the questions at /api. It is read-only. Queries run
    in sandboxed processes with limits on time and memory.
    """
    import logging

    from mtsp_kg.graph import open_graph
    from mtsp_kg.plan.pages.publisher import SiteOptions
    from mtsp_kg.serve.settings import PoolLimits, ServerSettings, WorkerLimits

    logging.basicConfig(format="mtsp: %(levelname)s: %(message)s")
    logging.getLogger("mtsp_kg.serve").setLevel(logging.INFO)
    options = SiteOptions(base, site_url, document=Path(document) if document else None)
    limits = WorkerLimits(seconds=limit_seconds, memory=limit_memory << 20)
    pool = PoolLimits(running=per_client, **({"workers": workers} if workers else {}))
    settings = ServerSettings(host, port, behind_proxy, log, limits, pool)
    open_graph(project).serve(settings, options, click.echo)
