"""The documentation site: the guide and the root's pages in Markdown, the API from docstrings, the commands from click.

`make docs` builds it with warnings as errors and every reference resolved. Nothing is fetched while it builds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "extensions")]

import mtsp_kg  # noqa: E402 - found by the path above

project = "mtsp-kg"
author = "The mtsp-kg developers"
project_copyright = "The mtsp-kg developers; code Apache-2.0, data CC BY 4.0"
version = release = mtsp_kg.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "command_reference",
    "docstring_fields",
    "module_list",
]
myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3
suppress_warnings: list[str] = []

default_role = "code"  # what docstrings put between single backticks
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_class_signature = "separated"
python_use_unqualified_type_names = True
maximum_signature_line_length = 100
# Types of Python and of other packages have no page here, and inventories of theirs are not fetched.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!mtsp_kg)[\w.]+"),
    # How the reasoner works inside.
    (r"py:class", r"mtsp_kg\.infer\.(closure|explain\.Explainer|render|terms)\b.*"),
]

html_theme = "furo"
html_title = f"mtsp-kg {version}"
html_show_sphinx = False
html_theme_options = {"source_repository": "https://github.com/mtsp-kg/mtsp-kg/", "source_branch": "main"}
html_theme_options["source_directory"] = "docs/"
pygments_style = "friendly"
highlight_language = "none"


def readable_signature(
    app: Sphinx, what: str, name: str, thing: object, options: object, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """A dataclass's default factory as an ellipsis: `<factory>` is not Python, so its signature would not be parsed."""
    return signature and signature.replace("<factory>", "..."), returned


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-signature", readable_signature)
