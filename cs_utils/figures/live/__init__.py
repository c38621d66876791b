"""Live pictures: a picture that one can touch, as one piece of HTML that needs no kernel and no network.

`page` puts a picture together, `common.js` holds what they share (grids, images, sliders, a spoken line), and each
picture has a Python file that checks and rounds its numbers and a JavaScript file of the same name that shows them.
"""
