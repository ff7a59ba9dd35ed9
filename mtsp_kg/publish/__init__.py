"""A graph as documents: RDF files, dumps, a description of the dataset, and a static site in a folder."""
