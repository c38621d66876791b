"""A student's desk: handing a lesson in, beginning an exercise anew, taking in a corrected release."""
