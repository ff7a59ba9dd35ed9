"""Queries: the catalogue of `.rq` files, running them with bound parameters, answers as typed rows, their evidence."""
