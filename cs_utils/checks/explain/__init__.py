"""What a check says of a mistake that nobody listed.

`explanation` puts it together. `search` looks for what is true of all wrong cases: relations between all entries
(`values`), right and wrong places (`places`), other shapes (`shapes`), and sums that leave out some of their terms
(`terms`, `sums`). Nothing here knows an exercise; what is known of one is data of its visible cases.
"""
