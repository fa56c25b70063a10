/** The list, unless it is empty or not there: to the service an empty list is as none (fact N21). */
export const ifAny = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list?.length ? list : undefined
