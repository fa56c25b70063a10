import { type UpstreamProvider, type UpstreamQuirk, upstreamQuirks } from '../core/upstream-provider.js'

/** What a provider may be made to do wrong at its page, and whether it does so already. */
export const offeredQuirks = ({ quirks }: UpstreamProvider): { name: string; isOn: boolean }[] =>
  upstreamQuirks.map(name => ({ name, isOn: quirks.includes(name) }))

/** The quirks that a posted form ticks; those of the provider where the form has none to tick. */
export function chosenQuirks({ quirks }: UpstreamProvider, form: unknown): readonly UpstreamQuirk[] {
  const given: unknown = Reflect.get(Object(form), 'quirk')
  const ticked = [given].flat()
  return given === undefined ? quirks : upstreamQuirks.filter(name => ticked.includes(name))
}
