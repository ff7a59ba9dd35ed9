"""The application: endpoint, API, health, and a site's pages behind them, as one ASGI application.

Imports `query` and this room.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pyoxigraph as ox
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mtsp_kg.profile import Profile
from mtsp_kg.publish.rebase import Rebase
from mtsp_kg.query.catalogue import NamedQuery
from mtsp_kg.query.entities import Entities
from mtsp_kg.serve import requests
from mtsp_kg.serve.api import Api, Catalogue, examples
from mtsp_kg.serve.middleware import AccessLog, Envelope
from mtsp_kg.serve.openapi import openapi
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.problems import MethodError, NotAcceptableError
from mtsp_kg.serve.protocol import GRAPH_TYPES, Endpoint, with_charset
from mtsp_kg.serve.requests import best_media
from mtsp_kg.serve.responses import send_whole
from mtsp_kg.serve.site_interface import NoSite, SiteResponder
from mtsp_kg.serve.site_requests import Asking, Pages, is_known


@dataclass
class Served:
    """What is served. queries: of the catalogue; entities: resolves names; base: the server's public IRI, with its
    final slash, with which every link begins (never a Host header); rebase: the base with which the project's IRIs are
    published, its own by default."""

    queries: list[NamedQuery]
    entities: Entities
    profile: Profile
    base: str
    site: SiteResponder = field(default_factory=NoSite)
    rebase: Rebase | None = None


def application(served: Served, pool: Pool, log: AccessLog) -> Starlette:
    """The application, over a pool that is started and stopped by the caller."""
    rebase = served.rebase or Rebase(served.profile.base, served.profile.base)
    catalogue = Catalogue(served.queries, served.entities, pool, rebase)
    prefixes = {prefix: rebase.out(namespace) for prefix, namespace in served.profile.prefixes.items()}
    asserted = rebase.out(served.profile.graphs + "asserted")
    endpoints = {
        path: Endpoint(pool, base=served.base, path=path, view=view, prefixes=prefixes, asserted=asserted)
        for path, view in (("sparql", "all"), ("sparql/asserted", "asserted"))
    }
    pages = Pages(served.site, Asking(catalogue, endpoints["sparql"], endpoints["sparql/asserted"], pool), served.base)
    api = Api(catalogue, pool)

    def described() -> bytes:
        return rebase.out_bytes(openapi(served.queries, served.base))

    routes = [
        Route("/health", _Health(pool)),
        Route("/api/openapi.json", _Fixed({"application/json": described})),
        Route("/.well-known/sparql-examples", _Fixed(_as_rdf(served.queries, served.base, rebase))),
        Route("/api", api),
        Route("/api/{name}", api),
    ]
    for path, endpoint in endpoints.items():
        routes += [Route(f"/{path}{slash}", _PageOrEndpoint(pages, endpoint)) for slash in ("", "/")]
    app = Starlette(routes=routes, middleware=[Middleware(Envelope, log=log)])
    app.router.redirect_slashes = False
    app.router.default = pages
    return app


class _PageOrEndpoint:
    """The endpoint; who asks it nothing and wants HTML gets the site's page about it, where the site has one."""

    def __init__(self, pages: Pages, endpoint: Endpoint) -> None:
        self._pages = pages
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET" and not scope["query_string"]:
            accept = requests.header(scope, b"accept")
            if best_media(accept, [*GRAPH_TYPES, "text/html"]) == "text/html":
                answer = await self._pages.answer(scope)
                if answer is not None:
                    await self._pages.send(scope, send, answer)
                    return
        await self._endpoint(scope, receive, send)


class _Fixed:
    """Documents that stay the same while the server runs, by media type; made when they are first wanted."""

    def __init__(self, forms: dict[str, Callable[[], bytes]]) -> None:
        self._forms = forms
        self._made: dict[str, tuple[bytes, str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _only_get(scope)
        media = best_media(requests.header(scope, b"accept"), list(self._forms))
        if media is None:
            raise NotAcceptableError("This cannot be had in any type that you accept.")
        if media not in self._made:
            import hashlib

            made = self._forms[media]()
            self._made[media] = made, f'"{hashlib.sha256(made).hexdigest()[:20]}"'
        body, tag = self._made[media]
        headers = {"Vary": "Accept", "ETag": tag}
        if is_known(scope, tag, None):
            await send_whole(send, 304, "", b"", headers)
        else:
            await send_whole(send, 200, with_charset(media), body, headers)


class _Health:
    """Whether there are workers, and how many are busy. It asks nothing of them, so it answers at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _only_get(scope)
        state = self._pool.state()
        well = state["workers"] > 0
        body = json.dumps({"status": "ok" if well else "no workers", **state}).encode() + b"\n"
        await send_whole(send, 200 if well else 503, "application/json", body, {"Cache-Control": "no-store"})


def _only_get(scope: Scope) -> None:
    if scope["method"] != "GET":
        error = MethodError(f"There is no method {scope['method']} here.", remedy="Use GET.")
        error.allow = "GET, HEAD, OPTIONS"
        raise error


def _as_rdf(queries: list[NamedQuery], base: str, rebase: Rebase) -> dict[str, Callable[[], bytes]]:
    def written(media_type: str) -> bytes:
        form = ox.RdfFormat.from_media_type(media_type)
        return rebase.out_bytes(ox.serialize(examples(queries, base), format=form) or b"")

    def later(media_type: str) -> Callable[[], bytes]:
        return lambda: written(media_type)

    return {media_type: later(media_type) for media_type in GRAPH_TYPES}
