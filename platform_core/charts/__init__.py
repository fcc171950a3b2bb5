"""Plotly figures as pure functions of view models; one colour map and order for all of them."""
