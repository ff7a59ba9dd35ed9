"""The pages of a plan's site and their sources."""
