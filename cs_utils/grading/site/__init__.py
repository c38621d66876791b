"""The course's website, and in it the course live in the browser."""
