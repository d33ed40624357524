-- The two roles of the product and its database.
--
-- anagen_owner owns the tables: it runs the migrations and nothing else.
-- anagen_app is what web, worker and beat connect as: it can change rows, but
-- not tables, and cannot TRUNCATE, so that records which triggers lock stay
-- locked whatever the application does. It may make temporary tables: an
-- import of patients compares all its rows in one.
--
-- Run by psql as a superuser, with both passwords in the environment.

\set ON_ERROR_STOP on
\getenv owner_password ANAGEN_OWNER_PASSWORD
\getenv app_password ANAGEN_APP_PASSWORD

-- Keep the two statements with passwords out of the server's log.
SET log_min_error_statement = 'panic';
CREATE ROLE anagen_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE anagen_app LOGIN PASSWORD :'app_password';
RESET log_min_error_statement;

CREATE DATABASE anagen OWNER anagen_owner;
REVOKE ALL ON DATABASE anagen FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE anagen TO anagen_app;

\connect anagen
ALTER DEFAULT PRIVILEGES FOR ROLE anagen_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO anagen_app;
ALTER DEFAULT PRIVILEGES FOR ROLE anagen_owner
    GRANT USAGE ON SEQUENCES TO anagen_app;
