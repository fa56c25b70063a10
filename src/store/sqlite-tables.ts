import type Libsql from 'libsql'

/** Marks the file as Rockpool's in SQLite's header: "POOL" in ASCII. */
export const applicationId = 0x504f4f4c

/** Goes up when the tables change, and when an index of a collection does: filings are made when a record is written. */
export const schemaVersion = 2

/** Makes the tables of a new database. */
export function setUp(database: Libsql.Database): Libsql.Database {
  database.exec(`
    BEGIN;
    ${tables('', '')}
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
    COMMIT`)
  return database
}

/**
 * Tables for another state, beside those of the state: `records_next` and `filings_next`. Versions go on from the latest.
 * What is left of an earlier attempt is gone.
 */
export function makeNextTables(database: Libsql.Database): void {
  database.exec(`
    BEGIN IMMEDIATE;
    DROP TABLE IF EXISTS filings_next;
    DROP TABLE IF EXISTS records_next;`)
  const { latest } = database
    .prepare(
      "SELECT max(seq) AS latest FROM sqlite_sequence WHERE name = 'records' OR name GLOB 'records_old*'",
    )
    .get([]) as { latest: number | null }
  // An index keeps its name when its table is given another one. This number goes up with each change of the tables.
  const unique = numberOf(database, 'SELECT schema_version AS number FROM pragma_schema_version')
  database.exec(`
    ${tables('_next', `_${unique}`)}
    INSERT INTO sqlite_sequence (name, seq) VALUES ('records_next', ${latest ?? 0});
    COMMIT`)
}

/** Puts the tables for another state in the place of those of the state, which get names that begin with `records_old` and `filings_old`. */
export function swapTables(database: Libsql.Database): void {
  const unique = numberOf(database, 'SELECT schema_version AS number FROM pragma_schema_version')
  database.exec(`
    ALTER TABLE filings RENAME TO filings_old_${unique};
    ALTER TABLE records RENAME TO records_old_${unique};
    ALTER TABLE records_next RENAME TO records;
    ALTER TABLE filings_next RENAME TO filings;`)
}

/** The tables of records of states that are over, the first of them first. */
export const oldTables = (database: Libsql.Database): string[] =>
  (
    database
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'records_old*' ORDER BY rowid",
      )
      .all([]) as { readonly name: string }[]
  ).map(({ name }) => name)

/** Deletes a piece of what is left of states that are over; answers whether there may be more. */
export function dropOldPiece(database: Libsql.Database, size: number): boolean {
  const [records] = oldTables(database)
  if (records === undefined) return false
  const { changes } = database
    .prepare(`DELETE FROM ${records} WHERE version IN (SELECT version FROM ${records} LIMIT ?)`)
    .run([size])
  if (changes === 0) {
    const filings = records.replace('records', 'filings')
    database.exec(`BEGIN IMMEDIATE; DROP TABLE IF EXISTS ${filings}; DROP TABLE ${records}; COMMIT`)
  }
  return true
}

const tables = (suffix: string, unique: string): string => `
    CREATE TABLE records${suffix} (
      version INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, also when the record is gone
      collection TEXT NOT NULL,
      key BLOB NOT NULL,
      expires_at INTEGER,
      json TEXT NOT NULL,
      UNIQUE (collection, key)
    );
    CREATE INDEX records_by_expiry${unique} ON records${suffix} (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE filings${suffix} (
      collection TEXT NOT NULL,
      name TEXT NOT NULL,
      value BLOB NOT NULL,
      key BLOB NOT NULL,
      version INTEGER NOT NULL REFERENCES records${suffix} ON DELETE CASCADE,
      PRIMARY KEY (collection, name, value, key)
    ) WITHOUT ROWID;
    CREATE INDEX filings_by_version${unique} ON filings${suffix} (version);`

/** The number that a query answers as `number`. */
export const numberOf = (database: Libsql.Database, sql: string): number =>
  (database.prepare(sql).get([]) as { number: number }).number
