"""The plan half: what belongs to a strategic plan: its document, statements, traces, coverage, pictures and pages."""
