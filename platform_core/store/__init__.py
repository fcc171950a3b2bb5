"""The database and the files: models, unit of work, repositories, migrations."""
