"""The pages of a plan's site, and what they are made from."""
