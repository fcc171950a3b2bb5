"""The dependency graph: resolution of names, hubs and noise, neighbourhood, components."""
