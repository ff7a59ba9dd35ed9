"""Queries built to exhaust or crash an engine: by depth, by product, by sort, by doubling, by paths, by regular
expressions. They are built, not written down, so that no page carries a string that crashes somebody's parser.
"""

from __future__ import annotations


def _nested(opened: str, inner: str, closed: str, times: int) -> str:
    return opened * times + inner + closed * times


def _product(times: int) -> str:
    return " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(times))


def _doubled(times: int) -> str:
    steps = [f"BIND(CONCAT(STR(?x{n}), STR(?x{n})) AS ?x{n + 1})" for n in range(times)]
    return 'BIND("a" AS ?x0) ' + " ".join(steps)


NUMBERS = " ".join(str(n) for n in range(300))
VALUES = " ".join(f"VALUES ?v{n} {{ {NUMBERS} }}" for n in range(6))

STRLEN_Y = "SELECT (STRLEN(?y) AS ?n) {"
COUNT = "SELECT (COUNT(*) AS ?n) {"

HOSTILE: dict[str, str] = {
    # Depth, which ends a recursive parser or evaluator.
    "braces": "SELECT * " + _nested("{", "", "}", 5000),
    "parentheses": "ASK { FILTER" + _nested("(", "1", ")", 9000) + "}",
    "brackets": "ASK { ?s ?p " + _nested("[ ?p ", "1", "]", 6000) + "}",
    "collections": "ASK { ?s ?p " + _nested("(", "1", ")", 9000) + "}",
    "unions": "SELECT * {" + "{} UNION " * 6900 + "{} }",
    "conjunctions": "ASK { FILTER(" + "1&&" * 20000 + "1) }",
    "additions": "ASK { FILTER(" + "1+" * 30000 + "1 > 0) }",
    "negations": "ASK { FILTER(" + "!" * 60000 + "true) }",
    "optionals": "SELECT * {" + "OPTIONAL{?a ?b ?c}" * 3000 + "}",
    "subqueries": _nested("SELECT * {", "", "}", 5000),
    "path_steps": "ASK { ?s " + "/".join(["<a>"] * 15000) + " ?o }",
    "hidden_parentheses": "ASK { FILTER(" + "1<((((((((1>0)&&" * 4000 + "1) }",
    # Products, which end nobody's patience but the clock's.
    "product_count": f"SELECT (COUNT(*) AS ?n) {{ {_product(4)} }}",
    "product_values": f"SELECT (COUNT(*) AS ?n) {{ {VALUES} }}",
    "product_ask": f"ASK {{ {_product(4)} FILTER(?o0 = 'nothing is called so') }}",
    "product_filter": f"SELECT * {{ {_product(3)} FILTER(STRLEN(STR(?o0)) + STRLEN(STR(?o1)) < 0) }}",
    "cross_of_unions": "SELECT (COUNT(*) AS ?n) {" + "{ ?a0 ?b0 ?c0 } UNION { ?a1 ?b1 ?c1 } " + _product(3) + "}",
    "optional_chain": COUNT + " ".join(f"OPTIONAL {{ ?a{n} ?b{n} ?c{n} }}" for n in range(8)) + "}",
    "join_order": COUNT + " . ".join(f"?v{n} ?p{n} ?v{n + 1}" for n in range(1500)) + "}",
    "minus_product": f"SELECT (COUNT(*) AS ?n) {{ {_product(2)} MINUS {{ ?s0 ?p1 ?o0 . ?s1 ?p0 ?x }} }}",
    "exists_product": f"SELECT * {{ {_product(2)} FILTER NOT EXISTS {{ ?o0 ?x ?o1 . ?y ?z ?o0 }} }} OFFSET 9999999",
    # Paths.
    "path_star_star": "SELECT (COUNT(*) AS ?n) { ?a ((!<x>)*)* ?b . ?c ((!<x>)*)* ?d }",
    "path_both_ways": "SELECT (COUNT(*) AS ?n) { ?a (!<x>|^!<x>)* ?b . ?b (!<x>|^!<x>)* ?c }",
    "path_long": "SELECT (COUNT(*) AS ?n) { ?a " + "/".join(["(!<x>|!(^<x>))"] * 30) + " ?b }",
    # Memory.
    "order_product": f"SELECT * {{ {_product(3)} }} ORDER BY ?o2 ?s0",
    "distinct_product": f"SELECT DISTINCT * {{ {_product(3)} }} OFFSET 999999999",
    "group_product": f"SELECT ?s0 ?o1 (COUNT(*) AS ?n) {{ {_product(3)} }} GROUP BY ?s0 ?o1 ?o2",
    "concat_doubling": f"SELECT (STRLEN(?x34) AS ?n) {{ {_doubled(34)} }}",
    "group_concat": f"SELECT (GROUP_CONCAT(STR(?s0)) AS ?x) {{ {_product(2)} }}",
    "replace_growth": f'{STRLEN_Y} {_doubled(26)} BIND(REPLACE(?x26, "a", "aaaaaaaaaaaaaaaa") AS ?y) }}',
    # Regular expressions.
    "regex_repeats": f'SELECT (COUNT(*) AS ?n) {{ {_product(2)} FILTER REGEX(STR(?o0), "((a{{1,100}}){{1,100}})$") }}',
    "regex_per_row": f"SELECT (COUNT(*) AS ?n) {{ {_product(3)} FILTER REGEX(STR(?o0), STR(?o1)) }}",
    # Floods.
    "flood_rows": f"SELECT * {{ {_product(2)} }}",
}  # fmt: skip
