"""The workbench's engines, store and services; it knows no screen."""
