import { ensure, refusal } from '../core/refusal.js'
import type { UpstreamProvider } from '../core/upstream-provider.js'
import { quirksOf, type UpstreamQuirk, upstreamQuirks } from '../core/upstream-quirks.js'

/** What a provider may be made to do wrong at its page, and whether it does so already. */
export const offeredQuirks = (
  { kind, quirks }: UpstreamProvider,
  protocol?: 'OIDC' | 'SAML',
): { name: UpstreamQuirk; isOn: boolean }[] =>
  quirksOf(kind, protocol).map(name => ({ name, isOn: quirks.includes(name) }))

/** The quirks that a posted form ticks; those of the provider where the form has none to tick. */
export function chosenQuirks({ quirks }: UpstreamProvider, form: unknown): readonly UpstreamQuirk[] {
  const given: unknown = Reflect.get(Object(form), 'quirk')
  const ticked = [given].flat()
  const isShown = given !== undefined || Reflect.get(Object(form), 'quirksShown') !== undefined
  return isShown ? upstreamQuirks.filter(name => ticked.includes(name)) : quirks
}

/** Refuses at the provider's own page, in the words of Entra ID: a pool hears nothing of it. */
export function ensureAdmitted(
  { name, quirks }: UpstreamProvider,
  { client, answersTo }: { readonly client: string; readonly answersTo: string },
): void {
  ensure(!quirks.includes('unassigned'), () => unassigned(name, client))
  ensure(!quirks.includes('unknown-reply-address'), () => unknownReplyAddress(client, answersTo))
  ensure(!quirks.includes('unknown-application'), () => unknownApplication(name, client))
}

const unassigned = refusal('invalid_request', (name: string, client: string) => ({
  told: `AADSTS50105: Your administrator has configured the application ${client} to block users unless they are specifically granted access to the application.`,
  because: `The quirk "unassigned" of ${name} is on. Users stay at this page, and Cognito hears nothing of them.`,
  remedy: 'At Entra ID, assign the user or a group to the enterprise application.',
}))

const unknownReplyAddress = refusal('invalid_request', (client: string, address: string) => ({
  told: `AADSTS50011: The redirect URI '${address}' specified in the request does not match the redirect URIs configured for the application '${client}'.`,
  because:
    'The quirk "unknown-reply-address" is on. Users stay at this page, and Cognito hears nothing of them.',
  remedy: `At Entra ID, register ${address} as a reply URL of the application.`,
}))

const unknownApplication = refusal('invalid_request', (name: string, client: string) => ({
  told: `AADSTS700016: Application with identifier '${client}' was not found in the directory '${name}'.`,
  because: `The quirk "unknown-application" of ${name} is on. Users stay at this page, and Cognito hears nothing of them.`,
  remedy: `At Entra ID, make ${client} an identifier (entity ID) of the application, in the tenant that the provider names.`,
}))
