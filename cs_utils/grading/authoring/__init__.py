"""From a lesson's text to what a student gets: lessons/ -> solutions/ -> notebooks/, in this direction only."""
