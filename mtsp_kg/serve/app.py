"""The ASGI application: SPARQL endpoints, API, descriptions, health, and the pages of a site at every other path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mtsp_kg.profile import Profile
from mtsp_kg.publish.rebase import Rebase
from mtsp_kg.query.catalogue import NamedQuery
from mtsp_kg.query.entities import Entities
from mtsp_kg.serve import requests
from mtsp_kg.serve.api import Api, ServedCatalogue
from mtsp_kg.serve.descriptions import openapi, query_examples
from mtsp_kg.serve.middleware import AccessLog, ResponseMiddleware
from mtsp_kg.serve.negotiation import GRAPH_TYPES, best_media, with_charset
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.problems import MethodNotAllowedError, NotAcceptableError
from mtsp_kg.serve.protocol import SparqlEndpoint
from mtsp_kg.serve.responses import send_body
from mtsp_kg.serve.site_interface import NoSite, SiteResponder
from mtsp_kg.serve.site_requests import SiteApplication, VisitorQueries, is_known

_ETAG_LENGTH = 20


@dataclass(frozen=True)
class ServedProject:
    """The content of a server.

    base: the public IRI of the server, with a final slash; every link begins with it, never with a Host header;
    queries: of the catalogue; entities: resolves names in parameters; title: of the API; rebase: the base IRI under
    which the project's own IRIs are served, by default the project's.
    """

    base: str
    profile: Profile
    queries: Sequence[NamedQuery]
    entities: Entities
    title: str = "Knowledge graph"
    site: SiteResponder = field(default_factory=NoSite)
    rebase: Rebase | None = None


def application(served: ServedProject, pool: Pool, log: AccessLog) -> Starlette:
    """The application, over a pool that the caller starts and stops."""
    rebase = served.rebase or Rebase(served.profile.base, served.profile.base)
    catalogue = ServedCatalogue(served.queries, served.entities, pool, rebase)
    asserted_graph = rebase.out(served.profile.graphs + "asserted")
    endpoint, asserted = (
        SparqlEndpoint(pool, base=served.base, path=path, view=view, asserted=asserted_graph)
        for path, view in (("sparql", "all"), ("sparql/asserted", "asserted"))
    )
    queries = partial(VisitorQueries, catalogue, endpoint, asserted, pool)
    pages = SiteApplication(served.site, queries, served.base)
    api = Api(catalogue, pool)

    def openapi_json() -> bytes:
        return rebase.out_bytes(openapi(served.queries, served.base, served.title))

    def examples_as(media_type: str) -> bytes:
        return rebase.out_bytes(query_examples(served.queries, served.base, media_type))

    examples = {media_type: partial(examples_as, media_type) for media_type in GRAPH_TYPES}
    routes = [
        Route("/health", _Health(pool)),
        Route("/api/openapi.json", _CachedDocument({"application/json": openapi_json})),
        Route("/.well-known/sparql-examples", _CachedDocument(examples)),
        Route("/api", api),
        Route("/api/{name}", api),
    ]
    for path, one in (("/sparql", endpoint), ("/sparql/asserted", asserted)):
        routes += [Route(path + slash, _PageOrEndpoint(pages, one)) for slash in ("", "/")]
    app = Starlette(routes=routes, middleware=[Middleware(ResponseMiddleware, log=log)])
    app.router.redirect_slashes = False
    app.router.default = pages
    return app


class _PageOrEndpoint:
    """The endpoint; a GET request without a query whose client prefers HTML gets the site's page about it, if any."""

    def __init__(self, pages: SiteApplication, endpoint: SparqlEndpoint) -> None:
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


class _CachedDocument:
    """A document that does not change while the server runs. forms: by media type, a function that renders it once."""

    def __init__(self, forms: Mapping[str, Callable[[], bytes]]) -> None:
        self._forms = forms
        self._made: dict[str, tuple[bytes, str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _check_get(scope)
        media = best_media(requests.header(scope, b"accept"), list(self._forms))
        if media is None:
            raise NotAcceptableError(self._forms)
        if media not in self._made:
            made = self._forms[media]()
            self._made[media] = made, f'"{hashlib.sha256(made).hexdigest()[:_ETAG_LENGTH]}"'
        body, etag = self._made[media]
        headers = {"Vary": "Accept", "ETag": etag}
        if is_known(scope, etag, None):
            await send_body(send, 304, "", b"", headers)
        else:
            await send_body(send, 200, with_charset(media), body, headers)


class _Health:
    """Reports the number of workers and of busy ones, without contacting them, so that it answers at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _check_get(scope)
        state = self._pool.state()
        healthy = state["workers"] > 0
        body = json.dumps({"status": "ok" if healthy else "no workers", **state}).encode() + b"\n"
        await send_body(send, 200 if healthy else 503, "application/json", body, {"Cache-Control": "no-store"})


def _check_get(scope: Scope) -> None:
    if scope["method"] != "GET":
        raise MethodNotAllowedError(scope["method"])
