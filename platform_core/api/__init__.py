"""The HTTP door: the same services for programs, mounted by app.py under API_V1_STR."""
