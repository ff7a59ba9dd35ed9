"""What leads to what: the graph of links as networkx sees it, walks up and down, and their forms.

May import `errors`, `names`, `project`, `store` and `query`.
"""
