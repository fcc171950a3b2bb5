#!/bin/sh
# Makes the role and the database of the workbench: an ordinary role that owns its database and nothing else.
# The image of PostgreSQL runs it once; elsewhere a superuser does: `WORKBENCH_PASSWORD=… sh create-workbench.sh`.
set -eu

psql --set ON_ERROR_STOP=1 --set name="${WORKBENCH_NAME:-workbench}" --set password="$WORKBENCH_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres --quiet <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
SQL
