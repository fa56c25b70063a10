import type { Session } from './postgres-connections.js'

/**
 * The tables and functions of a PostgreSQL store, all in one schema of the database, and how an older form becomes
 * today's. Keys and filed values are big-endian UTF-16, which PostgreSQL compares byte by byte: the store's order
 * exactly. Records are `text`, not `jsonb`, which knows neither NUL nor half a surrogate pair.
 */
export const schemaName = 'rockpool'

/** Goes up when the tables change, and when an index of a collection does: filings are made when a record is written. */
const schemaVersion = 3

/** A lock of this database that processes take while they make the schema; spells POOL. */
const migrationLock = 0x504f4f4c

/** Keys that a commit locks one by one: 64 a connection are what PostgreSQL has room for, of 100 connections. */
const mostLocks = 500

/** The channel by which processes hear that another one replaced the state, or moved the clock. */
export const channel = 'rockpool'

const migrations: readonly string[] = [
  `
  CREATE SCHEMA IF NOT EXISTS ${schemaName};
  CREATE SEQUENCE ${schemaName}.versions;
  CREATE TABLE ${schemaName}.records (
    collection text NOT NULL,
    key bytea NOT NULL,
    version bigint NOT NULL UNIQUE,
    expires_at bigint,
    json text NOT NULL,
    PRIMARY KEY (collection, key)
  );
  CREATE INDEX expiries ON ${schemaName}.records (expires_at, version) WHERE expires_at IS NOT NULL;
  CREATE TABLE ${schemaName}.filings (
    collection text NOT NULL,
    name text NOT NULL,
    value bytea NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (collection, name, value, key),
    FOREIGN KEY (collection, key) REFERENCES ${schemaName}.records ON DELETE CASCADE
  );
  CREATE INDEX filings_of_record ON ${schemaName}.filings (collection, key);
  -- The number of times that another state took the place of all there was.
  CREATE TABLE ${schemaName}.era (number bigint NOT NULL);
  INSERT INTO ${schemaName}.era VALUES (0);

  -- Does all the changes in turn, or none of them if a condition does not hold when its turn comes; says which. One
  -- round trip a commit. Keys are locked in one order first, so that two commits never wait for each other.
  CREATE FUNCTION ${schemaName}.commit(
    known_era bigint, at bigint, collections text[], keys bytea[], conditions bigint[], expiries bigint[], jsons text[],
    filed_change int[], filed_name text[], filed_value bytea[]
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    present bigint;
    place bigint;
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(${migrationLock}, 1);
    IF known_era IS DISTINCT FROM (SELECT number FROM ${schemaName}.era) THEN
      RAISE EXCEPTION 'another state' USING ERRCODE = 'RP001';
    END IF;
    FOR place IN
      SELECT DISTINCT hashtextextended(c || ' ' || encode(k, 'hex'), 0) AS place
      FROM unnest(collections, keys) AS t(c, k) ORDER BY place
    LOOP
      PERFORM pg_advisory_xact_lock(place);
    END LOOP;
    FOR i IN 1 .. coalesce(array_length(collections, 1), 0) LOOP
      SELECT version INTO present FROM ${schemaName}.records
        WHERE collection = collections[i] AND key = keys[i] AND (expires_at IS NULL OR expires_at > at);
      -- -1: no condition; 0: absent; else: the version that was read.
      IF conditions[i] >= 0 AND conditions[i] <> coalesce(present, 0) THEN
        RAISE EXCEPTION 'unmet' USING ERRCODE = 'RP002';
      END IF;
      DELETE FROM ${schemaName}.records WHERE collection = collections[i] AND key = keys[i];
      IF jsons[i] IS NOT NULL THEN
        INSERT INTO ${schemaName}.records (collection, key, version, expires_at, json)
          VALUES (collections[i], keys[i], nextval('${schemaName}.versions'), expiries[i], jsons[i]);
        INSERT INTO ${schemaName}.filings (collection, name, value, key)
          SELECT collections[i], n, v, keys[i] FROM unnest(filed_change, filed_name, filed_value) AS f(c, n, v)
          WHERE c = i;
      END IF;
    END LOOP;
    RETURN true;
  EXCEPTION WHEN SQLSTATE 'RP002' THEN
    RETURN false;
  END $$;
  `,
  `
  -- How the clock goes, as JSON, and the number of times that it was moved.
  ALTER TABLE ${schemaName}.era ADD COLUMN moves bigint NOT NULL DEFAULT 0, ADD COLUMN clock text;
  `,
  `
  -- Answers of processes to questions of another one, until it fetches them. They need not outlive the server.
  CREATE SEQUENCE ${schemaName}.questions;
  CREATE UNLOGGED TABLE ${schemaName}.answers (
    question bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    answer text NOT NULL
  );
  -- As before, but many changes need few locks, and take no time that grows by their square.
  CREATE OR REPLACE FUNCTION ${schemaName}.commit(
    known_era bigint, at bigint, collections text[], keys bytea[], conditions bigint[], expiries bigint[], jsons text[],
    filed_change int[], filed_name text[], filed_value bytea[]
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    present bigint;
    place bigint;
    change record;
    first int := 1;
    beyond int;
    are_many boolean := coalesce(array_length(collections, 1) > ${mostLocks}, false);
  BEGIN
    -- The server's table of locks is not large: a commit of many keys shuts out all others instead.
    IF are_many THEN
      PERFORM pg_advisory_xact_lock(${migrationLock}, 1);
    ELSE
      PERFORM pg_advisory_xact_lock_shared(${migrationLock}, 1);
    END IF;
    IF known_era IS DISTINCT FROM (SELECT number FROM ${schemaName}.era) THEN
      RAISE EXCEPTION 'another state' USING ERRCODE = 'RP001';
    END IF;
    IF NOT are_many THEN
      FOR place IN
        SELECT DISTINCT hashtextextended(c || ' ' || encode(k, 'hex'), 0) AS place
        FROM unnest(collections, keys) AS t(c, k) ORDER BY place
      LOOP
        PERFORM pg_advisory_xact_lock(place);
      END LOOP;
    END IF;
    FOR change IN
      SELECT * FROM unnest(collections, keys, conditions, expiries, jsons) WITH ORDINALITY
        AS t(collection, key, condition, expiry, json, number) ORDER BY number
    LOOP
      SELECT version INTO present FROM ${schemaName}.records r
        WHERE r.collection = change.collection AND r.key = change.key AND (r.expires_at IS NULL OR r.expires_at > at);
      -- -1: no condition; 0: absent; else: the version that was read.
      IF change.condition >= 0 AND change.condition <> coalesce(present, 0) THEN
        RAISE EXCEPTION 'unmet' USING ERRCODE = 'RP002';
      END IF;
      DELETE FROM ${schemaName}.records r WHERE r.collection = change.collection AND r.key = change.key;
      IF change.json IS NOT NULL THEN
        INSERT INTO ${schemaName}.records (collection, key, version, expires_at, json)
          VALUES (change.collection, change.key, nextval('${schemaName}.versions'), change.expiry, change.json);
      END IF;
      IF change.json IS NOT NULL AND NOT are_many THEN
        -- Filings come in the order of their changes: those of one are a slice.
        beyond := first;
        WHILE filed_change[beyond] = change.number LOOP
          beyond := beyond + 1;
        END LOOP;
        INSERT INTO ${schemaName}.filings (collection, name, value, key)
          SELECT change.collection, n, v, change.key
          FROM unnest(filed_name[first:beyond - 1], filed_value[first:beyond - 1]) AS f(n, v);
        first := beyond;
      END IF;
    END LOOP;
    IF are_many THEN
      -- All at one stroke; of several changes of one key the last one counts. The planner does not know that lists are long.
      PERFORM set_config('enable_nestloop', 'off', true);
      INSERT INTO ${schemaName}.filings (collection, name, value, key)
        SELECT latest.c, f.n, f.v, latest.k FROM unnest(filed_change, filed_name, filed_value) AS f(number, n, v)
        JOIN (
          SELECT DISTINCT ON (c, k) c, k, number FROM unnest(collections, keys) WITH ORDINALITY AS t(c, k, number)
          ORDER BY c, k, number DESC
        ) AS latest ON latest.number = f.number;
    END IF;
    RETURN true;
  EXCEPTION WHEN SQLSTATE 'RP002' THEN
    RETURN false;
  END $$;
  -- Snapshots that have a name.
  CREATE SEQUENCE ${schemaName}.file_ids;
  CREATE TABLE ${schemaName}.files (
    name text PRIMARY KEY,
    id bigint NOT NULL UNIQUE DEFAULT nextval('${schemaName}.file_ids'),
    pieces int NOT NULL DEFAULT 0
  );
  CREATE TABLE ${schemaName}.file_pieces (
    file bigint NOT NULL REFERENCES ${schemaName}.files (id) ON DELETE CASCADE,
    number int NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (file, number)
  );
  `,
]

/** A database that cannot serve, in whole sentences for the operator. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

/**
 * Brings the schema to today's form, within a transaction. Of many processes that start at once, one does it and the others
 * wait.
 * @throws SchemaTooNew when a newer Rockpool wrote the database
 */
export async function migrate(session: Session): Promise<void> {
  await session.query('SELECT pg_advisory_xact_lock($1, 0)', [migrationLock])
  const from = await versionOf(session)
  if (from > schemaVersion) {
    throw new SchemaTooNew(
      `A newer Rockpool made the schema "${schemaName}" of this database (version ${from}; this one knows ` +
        `${schemaVersion}). Start that Rockpool, or name another database with --data.`,
    )
  }
  for (const step of migrations.slice(from)) await session.query(step)
  await session.query(`COMMENT ON SCHEMA ${schemaName} IS 'version ${schemaVersion}'`)
}

/** The version that the schema's comment tells; 0 where there is no schema. */
async function versionOf(session: Session): Promise<number> {
  const { rows } = await session.query<{ comment: string | null }>(
    "SELECT obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = $1",
    [schemaName],
  )
  return Number(/^version (\d+)$/.exec(rows[0]?.comment ?? '')?.[1] ?? 0)
}

/** The statement that shuts out all commits until the transaction ends. */
export const shutOut = `SELECT pg_advisory_xact_lock(${migrationLock}, 1)`
