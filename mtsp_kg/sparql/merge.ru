# The RDF merge of all named graphs, written into the default graph: a union flag of the store would return a triple
# once for each graph that states it.
INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }
