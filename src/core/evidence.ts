/** What a request tells of the person behind it: threat protection judges by it, and events show it. */
export interface Evidence {
  /** The network address that the request came from. */
  readonly address: string
  readonly userAgent?: string | undefined
  /** As the answer names the request. */
  readonly requestId: string
  readonly told?: ToldContext | undefined
}

/** What the app tells of its user's device: `ContextData` of an administrator, `UserContextData` of anybody else. */
export interface ToldContext {
  /** An administrator's word counts; that of others only for a client that may propagate it. */
  readonly byAdministrator: boolean
  readonly address?: string | undefined
  readonly userAgent?: string | undefined
  readonly deviceName?: string | undefined
  readonly timezone?: string | undefined
}

/** What an event keeps of the request that it came of. */
export interface EventContext {
  readonly address: string
  readonly deviceName: string
  readonly timezone?: string
  readonly city?: string
  readonly country?: string
  readonly requestId: string
  /** Whether the app sent data of the device along. */
  readonly hasContextData: boolean
}

interface Given {
  readonly IpAddress?: string
  readonly EncodedData?: string
  readonly HttpHeaders?: readonly { readonly headerName?: string; readonly headerValue?: string }[]
}

/** Reads what an operation was told of the user's device. What nobody can read says nothing. */
export function toldContext(
  { IpAddress, EncodedData, HttpHeaders = [] }: Given,
  byAdministrator: boolean,
): ToldContext {
  const data = deviceData(EncodedData)
  const header = HttpHeaders.find(({ headerName }) => headerName?.toLowerCase() === 'user-agent')
  return {
    byAdministrator,
    address: IpAddress || undefined,
    userAgent: textIn(data, 'UserAgent') ?? header?.headerValue,
    deviceName: textIn(data, 'DeviceName'),
    timezone: textIn(data, 'ClientTimezone'),
  }
}

/** The libraries that collect such data write JSON, in base64, whose `payload` is JSON with a `contextData`. */
function deviceData(encoded: string | undefined): object {
  if (encoded === undefined) return {}
  try {
    const { payload } = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { readonly payload?: string }
    const { contextData } = JSON.parse(payload ?? '{}') as { readonly contextData?: unknown }
    return Object(contextData)
  } catch {
    return {}
  }
}

const textIn = (data: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(data, name)
  return typeof value === 'string' && value !== '' ? value.slice(0, 512) : undefined
}
