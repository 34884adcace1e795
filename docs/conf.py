"""How Sphinx makes the site. `make site` calls it on a folder that llmcourse/site/source.py writes."""

import llmcourse

project = "llmcourse"
author = "llmcourse contributors"
copyright = "llmcourse contributors, MIT license"
version = release = llmcourse.__version__
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "llmcourse.site.sphinx_hooks",
]
suppress_warnings = [
    "myst.header",  # "### Exercise" may stand right below the title
    "ref.python",  # two classes may have one name
]

# Notebooks: as they were committed.
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3

# The package: from its docstrings, whose `code` has single backticks.
default_role = "code"
add_module_names = False
python_maximum_signature_line_length = 80  # beyond it each argument has a line of its own
python_use_unqualified_type_names = True
autodoc_inherit_docstrings = False  # what PyTorch says of its own methods is in its own reference
autodoc_typehints_format = "short"

# The pages: nothing is loaded from elsewhere.
html_theme = "pydata_sphinx_theme"
html_title = "llmcourse"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_js_files = ["custom.js"]
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_show_search_summary = False  # it fetches every page found, which a browser refuses for files
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "llmcourse"},
    "navbar_align": "left",
    "show_prev_next": True,
    "collapse_navigation": True,  # a page lists its own part of the site, not all of it
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "about": []}
mathjax_path = "mathjax/tex-svg-full.js"  # one file; formulas become drawings and need no fonts
mathjax3_config = {"options": {"enableMenu": False}}
