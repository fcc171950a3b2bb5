"""What goes over the wire: schemas of their own, so that tables and pages can change without breaking a client."""
