"""Files for people: CSV, Excel and HTML, with formula injection neutralised."""
