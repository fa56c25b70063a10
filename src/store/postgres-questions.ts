import { type Connections, listenerName } from './postgres-connections.js'
import { countReplies } from './postgres-replies.js'
import { channel, schemaName } from './postgres-schema.js'

/** What processes say to each other about questions, over the channel. Ids are numbers of the database, as texts. */
export type QuestionMessage =
  /** `by` is the number of the process that asks; `question` is JSON. */
  { readonly ask: string; readonly by: string; readonly question: string } | { readonly answered: string }

/** Questions about what each process keeps to itself: one process asks, and all others on the database answer. */
export interface Questions {
  /**
   * Asks all other processes, and waits for a second at most.
   * @param question plain data of less than 7000 bytes as JSON, which is what a notification holds
   * @returns an answer of each that answered in time, in no order
   * @throws DatabaseUnavailable
   */
  ask(question: unknown): Promise<readonly unknown[]>
  hear(message: QuestionMessage): void
}

/** The number of processes that listen on this database. */
export const hearers = `(SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = '${listenerName}')`

/** Milliseconds after which a process that has not answered is not waited for. */
const answeringTime = 1000

const statements = {
  name: `SELECT nextval('${schemaName}.questions') AS id`,
  // Answers that nobody fetched are thrown away with the next question.
  ask: `
    WITH old AS (DELETE FROM ${schemaName}.answers WHERE at < now() - interval '1 minute'),
      asked AS (SELECT nextval('${schemaName}.questions') AS id)
    SELECT id, ${hearers} AS hearers,
      pg_notify('${channel}', json_build_object('ask', id::text, 'by', $1::text, 'question', $2::text)::text)
    FROM asked`,
  answer: `
    WITH kept AS (INSERT INTO ${schemaName}.answers (question, answer) VALUES ($1, $2))
    SELECT pg_notify('${channel}', json_build_object('answered', $1::bigint::text)::text)`,
  collect: `DELETE FROM ${schemaName}.answers WHERE question = $1 RETURNING answer`,
}

/**
 * Notifications hold 8000 bytes, so they carry questions, and tell of answers; the answers go through a table.
 * @param asked answers a question of another process with plain data; may throw
 */
export function questions(asked: (question: unknown) => unknown, once: Connections['once']): Questions {
  let name: Promise<string> | undefined
  const answers = countReplies(answeringTime)

  /** The number of this process. A failure is not remembered. */
  function ownName(): Promise<string> {
    name ??= once<{ id: string }>({ name: 'name', text: statements.name, values: [] }).then(
      ({ rows }) => rows[0]?.id ?? '',
      error => {
        name = undefined
        throw error
      },
    )
    return name
  }

  async function answer(id: string, question: string): Promise<void> {
    const values = [id, JSON.stringify(asked(JSON.parse(question)))]
    await once({ name: 'answer', text: statements.answer, values })
  }

  return {
    async ask(question) {
      const values = [await ownName(), JSON.stringify(question)]
      const { rows } = await once<{ id: string; hearers: string }>({
        name: 'ask',
        text: statements.ask,
        values,
      })
      const [made] = rows
      const others = Number(made?.hearers ?? 0) - 1
      if (made === undefined || others < 1) return []
      await answers.wait(made.id, others)
      const collect = { name: 'collect', text: statements.collect, values: [made.id] }
      const { rows: collected } = await once<{ answer: string }>(collect)
      return collected.map(row => JSON.parse(row.answer) as unknown)
    },
    hear(message) {
      if ('answered' in message) {
        answers.note(message.answered)
        return
      }
      // If this fails, the process that asks waits in vain for a second.
      ownName()
        .then(own => (message.by === own ? undefined : answer(message.ask, message.question)))
        .catch(() => {})
    },
  }
}
