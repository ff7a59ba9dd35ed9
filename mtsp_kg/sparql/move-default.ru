# The triples of the default graph, moved to a named graph.
MOVE DEFAULT TO GRAPH $graph
