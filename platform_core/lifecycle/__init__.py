"""Products and their end-of-support dates."""
