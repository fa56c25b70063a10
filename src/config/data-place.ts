/** Where state is kept: a directory, or a database that several processes share. */

/** Whether the state is kept in a PostgreSQL database, by the form of its address. */
export const isDatabase = (place: string | undefined): place is string =>
  place !== undefined && /^postgres(ql)?:\/\//.test(place)

/** The directory that state is kept in; undefined where it is kept in memory, or in a database. */
export const dataDirectory = (place: string | undefined): string | undefined =>
  isDatabase(place) ? undefined : place
