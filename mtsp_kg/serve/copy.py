"""The operator's own copy of the document, looked at before it is shown: is it the one that the graph speaks of?

Imports `errors`, `names`, `document`, `publish`.
"""

from __future__ import annotations

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.document import read_document
from mtsp_kg.errors import DocumentError
from mtsp_kg.publish.passage import texts


def checked_copy(file: str, store: ox.Store) -> str:
    """A line for the operator: how many passages of the copy are those of the graph, by their SHA-256.

    Raises NotFoundError where there is no such file, DocumentError where it is no copy of the document.
    """
    document = read_document(file)
    digest = ox.NamedNode(names.term("textDigest"))
    known: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, digest, None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            known[quad.subject.value] = quad.object.value
    same = sum(known.get(iri) == passage.digest for iri, passage in texts(document).items())
    if same == 0:
        raise DocumentError(
            f"No passage of this copy of {document.symbol} is one of the graph's.",
            remedy="Give the Chinese edition of the plan that the graph is of, as plain text.",
            file=document.file,
        )
    marked = f"mtsp shows the text of {file}: {same} of {len(known)} passages are as the graph knows them"
    return f"{marked}." if same == len(known) else f"{marked}; the others are shown without marks."
