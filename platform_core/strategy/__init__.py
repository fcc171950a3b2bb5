"""Facts to a 6R recommendation: vetoes, signed evidence, ranking, what would change it."""
