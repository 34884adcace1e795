"""What a teacher has beside them, written by a program from the notebooks themselves.

`notes.py` reads a notebook; `instructors.py`, `syllabi_page.py`, `glossary.py` and `readme.py` each make one page;
`pages.py` puts them into the checkout. Text that a person wrote lies in `text/`, for a person to edit.
"""
