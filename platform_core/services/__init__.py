"""Use cases, one module a page's concern: the only thing pages, API and terminal call."""
