"""The IRIs of plans, of what they name and of the ontology: base, prefixes, and the patterns of local names."""

from __future__ import annotations

import re
from functools import cache

from mtsp_kg import vocab
from mtsp_kg.profile import Profile, ResourceType

BASE = "https://w3id.org/mtsp-kg/"
ID = BASE + "id/"
ONTOLOGY = BASE + "ontology#"
GRAPH = BASE + "graph/"
SHAPES = BASE + "shapes#"

# Independent of a plan: id/<kind>/<slug>.
KINDS = (
    "org", "group", "service", "instrument", "challenge", "goal", "tech", "asset", "theme", "approach", "region",
    "publication", "event", "indicator", "unit", "period", "alignment",
)  # fmt: skip
# Part of a plan: id/<plan>/<kind>/<number or slug>.
PLAN_KINDS = (
    "pillar", "outcome", "para", "note", "cover", "caption", "section", "figure",
    "commitment", "condition", "need", "expectation", "option", "assessment", "mention",
)  # fmt: skip
# Types of query parameters, in addition to those of every project.
RESOURCE_TYPES = {
    "outcome": ResourceType("outcome", r"\d+\.\d+", "2.4"),
    "pillar": ResourceType("pillar", r"\d+", "2"),
    "paragraph": ResourceType("para", r"\d+", "55"),
}
# Prefixes of the resources of other publishers that the graph links to.
LINKED = frozenset({"sdg", "unbis", "eurovoc", "wd"})
# AKN4UN (Akoma Ntoso for the United Nations Documents) addresses begin with this.
AKN_UN = "/akn/un/"


def prefixes(plan: str | None = None) -> dict[str, str]:
    """Prefix to namespace, for data, ontology and other vocabularies; with a slug, also for the parts of that plan.

    >>> prefixes("mtsp-2022-2026")["para"]
    'https://w3id.org/mtsp-kg/id/mtsp-2022-2026/para/'
    """
    table = {"mtsp": ONTOLOGY, "id": ID}
    table |= {kind: f"{ID}{kind}/" for kind in KINDS}
    if plan is not None:
        table["plan"] = f"{ID}{plan}/"
        table |= {kind: f"{ID}{plan}/{kind}/" for kind in PLAN_KINDS}
    return table | vocab.VOCABULARIES


class PlanProfile(Profile):
    """The profile of a project with plans. plan: the slug of the plan that prefixes such as `para` belong to."""

    def __init__(self, plan: str | None = None) -> None:
        super().__init__(BASE, prefixes(plan), LINKED, languages=("en", "zh"), resource_types=RESOURCE_TYPES)

    def described_by(self, iri: str) -> str:
        """The resource whose document describes an IRI: for a mention, its passage."""
        return passage_of_mention(iri) or iri


@cache
def profile(plan: str | None = None) -> Profile:
    """The profile for a plan."""
    return PlanProfile(plan)


def plan_iri(plan: str) -> str:
    """The IRI of a plan, from its slug, which is the name of its folder."""
    return ID + plan


def plan_of(iri: str) -> str | None:
    """The slug of the plan that an IRI is part of; None for what is independent of plans."""
    if not iri.startswith(ID):
        return None
    head = iri[len(ID) :].split("/", 1)[0]
    return None if head in KINDS or not head else head


_MENTION = re.compile(
    re.escape(ID) + r"(?P<plan>[^/]+)/mention/(?:(?P<kind>note|cover|caption)-)?(?P<passage>[a-z0-9-]+)\.\d+"
)


def passage_of_mention(iri: str) -> str | None:
    """The passage of a mention, from the mention's IRI; None for the IRI of anything else.

    >>> passage_of_mention("https://w3id.org/mtsp-kg/id/mtsp-2022-2026/mention/note-8.1")
    'https://w3id.org/mtsp-kg/id/mtsp-2022-2026/note/8'
    >>> passage_of_mention("https://w3id.org/mtsp-kg/id/library/mention/open-doors-1.2")
    'https://w3id.org/mtsp-kg/id/library/para/open-doors-1'
    """
    found = _MENTION.fullmatch(iri)
    return f"{ID}{found['plan']}/{found['kind'] or 'para'}/{found['passage']}" if found else None


def term(name: str) -> str:
    """The IRI of a term of the ontology."""
    return ONTOLOGY + name
