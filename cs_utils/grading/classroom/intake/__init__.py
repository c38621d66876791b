"""What was handed in, from a folder of files to notebooks that are safe to run: found, read, and rebuilt."""
