"""Draws architecture.svg from the imports of the package, and writes the table of rooms into architecture.md.

python docs/draw_architecture.py          # writes both files
python docs/draw_architecture.py --check  # exit code 1 if either is not up to date

A box is a room; an arrow leads from a room to a room that imports it. Arrows that follow from others are left out:
where `load` imports `formats` and `formats` imports `errors`, no arrow leads from `errors` to `load`. The column of a
room is one more than that of the last room it imports, so every arrow leads to the right. The bytes are reproducible.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Collection, Iterable, Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "mtsp_kg"
PICTURE = HERE / "architecture.svg"
PAGE = HERE / "architecture.md"
BEGIN, END = "<!-- rooms: written by draw_architecture.py -->\n", "<!-- end of rooms -->\n"

WIDTH, HEIGHT, GAP = 122, 34, 14  # a box, and what separates it from the next in its column
LANE = 11  # an arrow that passes a column
COLUMN = 172
MARGIN, HEAD = 20, 36
SWEEPS = 6
HALVES = {
    "both": ("Both halves: Python and the command line", "#eaf5ea", "#2b6e2b"),
    "plan": ("Plan: documents, statements, pages", "#fdf0e1", "#a0560a"),
    "engine": ("Engine: any project with RDF in Git", "#e8f0fe", "#1a56a8"),
}


class Room(NamedTuple):
    """A module or package directly below the package."""

    name: str
    half: str
    job: str


def read_rooms() -> list[Room]:
    """The rooms in their order."""
    return [Room(**room) for room in tomllib.loads((HERE / "rooms.toml").read_text(encoding="utf-8"))["room"]]


def imports(path: Path) -> set[str]:
    """The modules of the package that a module imports, at its top or inside its functions, as paths below it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and f"{node.module}.".startswith("mtsp_kg."):
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.startswith("mtsp_kg.")}
    return {name.removeprefix("mtsp_kg.").replace(".", "/") for name in found}


def room_of(module: Path, names: Collection[str]) -> str:
    """The room of a module; empty for the package's own `__init__` and `__main__`, and for a folder of rooms."""
    parts = module.relative_to(PACKAGE).with_suffix("").parts
    return next((name for name in ("/".join(parts[:2]), parts[0]) if name in names), "")


def imported_by(rooms: Iterable[Room]) -> dict[str, set[str]]:
    """What each room imports of the other rooms. Raises SystemExit where rooms.toml does not match the package."""
    names = {room.name for room in rooms}
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = room_of(path, names)
        if room:
            found.setdefault(room, set()).update(room_of(PACKAGE / other, names) for other in imports(path))
        elif not path.stem.startswith("__"):
            raise SystemExit(f"{path.relative_to(PACKAGE)} is in no room of rooms.toml")
    if set(found) != names:
        raise SystemExit(f"rooms.toml names what is not there: {', '.join(sorted(names - set(found)))}")
    return {room: others - {room, ""} for room, others in found.items()}


def reduced(uses: Mapping[str, set[str]], order: list[str]) -> list[tuple[str, str]]:
    """The arrows (from, to) that do not follow from others."""
    reach: dict[str, set[str]] = {}
    arrows = []
    for room in order:
        direct = {other for other in uses[room] if other in reach}
        behind = set().union(*(reach[other] for other in direct))
        arrows += [(other, room) for other in order if other in direct - behind]
        reach[room] = direct | behind
    return arrows


def columns(arrows: list[tuple[str, str]], order: list[str]) -> dict[str, int]:
    """The column of each room: one more than that of the last room it imports."""
    found: dict[str, int] = {}
    for room in order:
        found[room] = max((found[start] + 1 for start, end in arrows if end == room), default=0)
    return found


class Node(NamedTuple):
    """What takes room in a column: a room's box, or the lane of a room's arrows that go on to a later column."""

    room: str
    column: int
    lane: bool


def nodes_and_links(rooms: list[Room], arrows: list[tuple[str, str]]) -> tuple[list[Node], list[tuple[Node, Node]]]:
    """Boxes and lanes, and the links between those of neighbouring columns. A room has one lane in each column."""
    column = columns(arrows, [room.name for room in rooms])
    nodes = {Node(room.name, column[room.name], lane=False): None for room in rooms}
    links: dict[tuple[Node, Node], None] = {}
    for start, end in arrows:
        before = Node(start, column[start], lane=False)
        for number in range(column[start] + 1, column[end]):
            lane = Node(start, number, lane=True)
            nodes[lane] = links[before, lane] = None
            before = lane
        links[before, Node(end, column[end], lane=False)] = None
    return list(nodes), list(links)


def placed(
    rooms: list[Room], nodes: list[Node], links: list[tuple[Node, Node]]
) -> tuple[dict[Node, int], dict[str, int]]:
    """The height of each node's middle, and the bottom of each half's band. Few arrows cross."""
    half = {room.name: room.half for room in rooms}
    bands = list(HALVES)
    stacks: dict[tuple[str, int], list[Node]] = {}
    for node in nodes:
        stacks.setdefault((half[node.room], node.column), []).append(node)
    middle: dict[Node, float] = dict.fromkeys(nodes, 0.0)

    def stack_up() -> dict[str, int]:
        bottoms = {}
        top = MARGIN
        for band in bands:
            tall = {key: sum(_tall(node) for node in stack) for key, stack in stacks.items() if key[0] == band}
            most = max(tall.values())
            for key, height in tall.items():
                down = top + HEAD + (most - height) / 2
                for node in stacks[key]:
                    middle[node] = down + _tall(node) / 2
                    down += _tall(node)
            bottoms[band] = top + HEAD + int(most) + GAP
            top = bottoms[band] + GAP
        return bottoms

    bottoms = stack_up()
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        near: dict[Node, list[float]] = {}
        for key in sorted(stacks, key=lambda key: (key[1], bands.index(key[0])), reverse=not forward):
            for start, end in links:
                here, there = (end, start) if forward else (start, end)
                if here in stacks[key]:
                    near.setdefault(here, []).append(middle[there])
            stacks[key].sort(key=lambda node: sum(near[node]) / len(near[node]) if node in near else middle[node])
            bottoms = stack_up()
    return {node: round(height) for node, height in middle.items()}, bottoms


def _tall(node: Node) -> int:
    return LANE if node.lane else HEIGHT + GAP


def draw(rooms: list[Room], uses: Mapping[str, set[str]]) -> str:
    """The picture as SVG."""
    arrows = reduced(uses, [room.name for room in rooms])
    nodes, links = nodes_and_links(rooms, arrows)
    middle, bottoms = placed(rooms, nodes, links)
    left = {node: MARGIN + GAP + node.column * COLUMN for node in nodes}
    wide = max(left.values()) + WIDTH + GAP + MARGIN
    high = max(bottoms.values()) + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" role="img">',
        "<title>The rooms of mtsp_kg: engine and plan, each arrow from a room to a room that imports it</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#666"/></marker></defs>',
        f'<rect width="{wide}" height="{high}" fill="#fff"/>',
    ]
    top = MARGIN
    for half, (title, fill, ink) in HALVES.items():
        place = f'x="{MARGIN}" y="{top}" width="{wide - 2 * MARGIN}" height="{bottoms[half] - top}"'
        lines.append(f'<rect {place} rx="8" fill="{fill}"/>')
        lines.append(
            f'<text x="{MARGIN + GAP}" y="{top + 24}" font-size="17" font-weight="bold" fill="{ink}">{title}</text>'
        )
        top = bottoms[half] + GAP
    for start, end in links:
        x1, x2 = left[start] + WIDTH, left[end]
        y1, y2 = middle[start], middle[end]
        bend = (x2 - x1) // 2
        path = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}" + (f"H{x2 + WIDTH}" if end.lane else "")
        tip = "" if end.lane else ' marker-end="url(#tip)"'
        lines.append(f'<path d="{path}" fill="none" stroke="#666"{tip}/>')
    for room in rooms:
        (node,) = (node for node in nodes if node.room == room.name and not node.lane)
        x, y = left[node], middle[node]
        ink = HALVES[room.half][2]
        box = f'x="{x}" y="{y - HEIGHT // 2}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#fff" stroke="{ink}"'
        text = f'x="{x + WIDTH // 2}" y="{y + 6}" font-size="16" text-anchor="middle" fill="{ink}"'
        lines.append(f"<g><title>{escape(room.name)}: {escape(room.job)}</title>")
        lines.append(f"<rect {box}/><text {text}>{escape(room.name.rpartition('/')[2])}</text></g>")
    return "\n".join([*lines, "</svg>"]) + "\n"


def table(rooms: list[Room]) -> str:
    """The rooms as a table in Markdown."""
    rows = [f"| {room.half} | `{room.name}` | {room.job} |" for room in rooms]
    return "\n".join(["| half | room | job |", "|---|---|---|", *rows]) + "\n"


def page(rooms: list[Room]) -> str:
    """The text of architecture.md with the table of now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{table(rooms)}\n{END}{rest.partition(END)[2]}"


def main() -> int:
    rooms = read_rooms()
    wanted = {PICTURE: draw(rooms, imported_by(rooms)), PAGE: page(rooms)}
    if sys.argv[1:] == ["--check"]:
        old = [
            path.name for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
        ]
        if old:
            print(f"not up to date: {', '.join(old)}; run python docs/draw_architecture.py", file=sys.stderr)
        return bool(old)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
