"""The plan half: documents, statements, traces, coverage, pictures and pages of strategic plans."""
