/**
 * The browser and the system that a `User-Agent` tells of, such as `Chrome 125 / macOS 15.0`; `unknown` for anything but a browser's.
 * The package that knows them all is read when it is first needed.
 */
export async function deviceOf(userAgent: string | undefined): Promise<string> {
  if (userAgent === undefined || userAgent === '') return 'unknown'
  const { default: bowser } = await import('bowser')
  const { browser, os, engine } = bowser.parse(userAgent)
  if (!engine.name || !browser.name) return 'unknown'
  const major = browser.version?.split('.')[0]
  const osVersion = os.name === 'Windows' ? os.versionName : os.version
  return [
    [browser.name, major],
    [os.name, osVersion],
  ]
    .map(parts => parts.filter(part => part).join(' '))
    .filter(part => part !== '')
    .join(' / ')
}
