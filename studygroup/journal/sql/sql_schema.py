"""The tables in PostgreSQL, and how those of an earlier version become these.

Records are only added; the database itself refuses all else, but for forgetting someone. A record that is set aside stays
where it is and is named in a table of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studygroup.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK = 0x53_47_4A_4C  # one number for all who migrate

_RECORDS = """
CREATE TABLE studygroup_schema (version integer NOT NULL);
CREATE TABLE studygroup_record (
    id text NOT NULL,
    digest bytea NOT NULL,
    session text NOT NULL,
    "by" text NOT NULL,
    type text NOT NULL,
    at timestamptz NOT NULL,
    line bytea NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (id, digest)
);
CREATE INDEX ON studygroup_record (transaction);
CREATE INDEX ON studygroup_record (session, "by");
CREATE FUNCTION studygroup_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('studygroup.workbook.forget', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'records are only added; withdraw one with: studygroup undo ID';
END $$;
CREATE TRIGGER studygroup_keep BEFORE UPDATE OR DELETE ON studygroup_record FOR EACH ROW EXECUTE FUNCTION studygroup_keep();
CREATE TRIGGER studygroup_keep_all BEFORE TRUNCATE ON studygroup_record EXECUTE FUNCTION studygroup_keep();
"""

_FORGOTTEN = """
CREATE TABLE studygroup_forgotten (
    hash text PRIMARY KEY,
    line bytea NOT NULL
);
CREATE TABLE studygroup_quarantine (
    id text NOT NULL,
    digest bytea NOT NULL,
    why text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, digest)
);
CREATE TRIGGER studygroup_keep BEFORE UPDATE OR DELETE ON studygroup_forgotten FOR EACH ROW EXECUTE FUNCTION studygroup_keep();
CREATE TRIGGER studygroup_keep_all BEFORE TRUNCATE ON studygroup_forgotten EXECUTE FUNCTION studygroup_keep();
"""

_STEPS = (_RECORDS, _FORGOTTEN)
VERSION = len(_STEPS)

# A dump that was restored in another cluster brings transactions of that one along, which have not happened yet here: each
# reading would take them for new. Whatever is visible and not older than now is such a one.
_RESTORED = "transaction >= pg_snapshot_xmax(pg_current_snapshot())"


def migrate(connection: Connection, name: str) -> None:
    """Make the tables, or bring them up to date; of several who start at once one does it and the others wait.

    Raises
    ------
    StoreError
        A newer program made them.
    """
    execute = connection.exec_driver_sql
    execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
    found = 0
    if execute("SELECT to_regclass('studygroup_schema')").scalar_one() is not None:
        found = execute("SELECT coalesce(max(version), 0) FROM studygroup_schema").scalar_one()
    if found > VERSION:
        raise StoreError(
            f"{name} was made by a newer studygroup (version {found}, this one knows {VERSION}); install that one."
        )
    for version, step in enumerate(_STEPS[found:], start=found + 1):
        execute(step)
        execute(f"INSERT INTO studygroup_schema VALUES ({version})")
    if execute(f"SELECT EXISTS (SELECT FROM studygroup_record WHERE {_RESTORED})").scalar_one():
        allow_changes(connection)
        execute(f"UPDATE studygroup_record SET transaction = pg_current_xact_id() WHERE {_RESTORED}")


def allow_changes(connection: Connection) -> None:
    """Let lines be rewritten until this transaction ends."""
    connection.exec_driver_sql("SET LOCAL studygroup.workbook.forget = 'on'")
