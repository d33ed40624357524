#!/usr/bin/env bash
# Run once by the postgres image, when the volume is empty.
set -euo pipefail
ANAGEN_OWNER_PASSWORD="$(cat /run/secrets/database_owner_password)"
ANAGEN_APP_PASSWORD="$(cat /run/secrets/database_app_password)"
export ANAGEN_OWNER_PASSWORD ANAGEN_APP_PASSWORD
psql --no-psqlrc --username=postgres --dbname=postgres --file=/opt/roles.sql
