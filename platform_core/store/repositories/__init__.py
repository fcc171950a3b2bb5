"""Repositories: the only places that speak SQL, one module a subject."""
