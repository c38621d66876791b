"""lessons -> solutions -> notebooks: the one street from a lesson's text to what a student gets."""
