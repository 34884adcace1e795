"""The course as a website and as slides: both made from the notebooks as they are committed, both without a network.

Read in this order: libraries (MathJax and reveal.js, fetched by npm), slide_rule and slides (a chapter as slides), then
notebook_page, api and source (what Sphinx reads), and build (the site).
"""
