import { isJsonMap, type Json, type JsonMap } from '../source.js'
import type { TfResource } from './resources.js'
import { textOf } from './tf.js'

/** Blocks become structures; a client id of "" is the whole pool. */
export function riskMembers({ values }: TfResource): JsonMap {
  const {
    client_id,
    account_takeover_risk_configuration,
    compromised_credentials_risk_configuration,
    risk_exception_configuration,
  } = values
  const block = (value: Json | undefined) =>
    Array.isArray(value) && value.length > 0 ? pascal(value[0] as Json) : undefined
  const parts = {
    ClientId: textOf(client_id),
    AccountTakeoverRiskConfiguration: block(account_takeover_risk_configuration),
    CompromisedCredentialsRiskConfiguration: block(compromised_credentials_risk_configuration),
    RiskExceptionConfiguration: block(risk_exception_configuration),
  }
  return Object.fromEntries(
    Object.entries(parts).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )
}

/** snake_case to PascalCase, deep; a list of one map is a block. */
function pascal(value: Json): Json {
  if (Array.isArray(value))
    return value.length === 1 && isJsonMap(value[0]) ? pascal(value[0] as Json) : value
  if (!isJsonMap(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([, member]) => member !== null && member !== '' && !(Array.isArray(member) && member.length === 0),
      )
      .map(([name, member]) => [
        name.replaceAll(/(^|_)([a-z])/g, (_whole, _line, letter: string) => letter.toUpperCase()),
        pascal(member),
      ]),
  )
}
