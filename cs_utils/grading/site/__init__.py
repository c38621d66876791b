"""``python course.py site DEST``: the course as a website, from the same sources as everything else.

`build` puts it together: `sources` lays the pages (`lesson_pages`, `guides`, `landing`), Sphinx makes HTML of them, and
`links` looks whether every link leads somewhere and nothing is asked of another host.
"""
