"""A student's net in one HTML file: it computes in JavaScript what `convnet_scores` of lesson 06 computes in Python."""
