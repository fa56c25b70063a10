/** A user import job as it is kept. */
export interface ImportJob {
  readonly id: string
  readonly poolId: string
  readonly name: string
  readonly roleArn: string
  readonly status:
    | 'Created'
    | 'Pending'
    | 'InProgress'
    | 'Stopping'
    | 'Expired'
    | 'Stopped'
    | 'Failed'
    | 'Succeeded'
  /** Signs the address that the file is put to. */
  readonly secret: string
  /** The file, once it has come in whole. */
  readonly file?: ImportFile
  /** Which run goes on with it: another one that takes over says so here, and the former leaves off. */
  readonly run?: string
  readonly imported: number
  /** Rows whose username exists. */
  readonly skipped: number
  readonly failed: number
  readonly message?: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly startedAt?: number
  readonly completedAt?: number
}

/** Where the text of a file is kept. */
export interface ImportFile {
  readonly id: string
  readonly pieces: number
}
