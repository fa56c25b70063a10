import { homedir } from 'node:os'
import { join } from 'node:path'
import { dataDirectory } from '../config/data-place.js'
import type { Environment } from './options.js'

/** Where the authority is kept: where it was told to be, else with the state, else with the person, who trusts it once. */
export const authorityFolder = (
  { caDir, dataDir }: { readonly caDir?: string; readonly dataDir?: string },
  environment: Environment,
  platform: string = process.platform,
): string => caDir ?? dataDirectory(dataDir) ?? personalFolder(environment, platform)

/** The folder that a system has for what programs keep of a person. */
function personalFolder(environment: Environment, platform: string): string {
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'rockpool')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'rockpool')
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'rockpool')
}

/** Who can be made to trust the authority, and how: `ca.pem` is what `rockpool ca` prints. */
export const waysToTrust = [
  {
    who: 'macOS',
    command: 'security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ca.pem',
  },
  {
    who: 'Debian, Ubuntu',
    command: 'sudo cp ca.pem /usr/local/share/ca-certificates/rockpool.crt && sudo update-ca-certificates',
  },
  {
    who: 'Fedora, RHEL',
    command: 'sudo cp ca.pem /etc/pki/ca-trust/source/anchors/rockpool.pem && sudo update-ca-trust',
  },
  { who: 'Windows', command: 'certutil -user -addstore Root ca.pem' },
  { who: 'Node', command: 'export NODE_EXTRA_CA_CERTS=$PWD/ca.pem' },
  {
    who: 'Python, AWS CLI',
    command: 'export REQUESTS_CA_BUNDLE=$PWD/ca.pem SSL_CERT_FILE=$PWD/ca.pem AWS_CA_BUNDLE=$PWD/ca.pem',
  },
  {
    who: 'Java',
    command: 'keytool -importcert -noprompt -alias rockpool -file ca.pem -cacerts -storepass changeit',
  },
  {
    who: 'Chromium on Linux',
    // Without its folder, as on a fresh account, the database is not made.
    command: 'mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Rockpool -i ca.pem',
  },
  {
    who: 'Firefox on Linux',
    // In the profiles that there are, so that the machine's policies stay as they are. They are in one of four folders: newer
    // ones follow XDG, and snap and Flatpak have their own.
    command:
      "find ~/.mozilla ~/.config/mozilla ~/snap/firefox ~/.var/app/org.mozilla.firefox -name cert9.db -execdir certutil -d sql:. -A -t C,, -n Rockpool -i $PWD/ca.pem ';'",
  },
  { who: 'curl, Go, OpenSSL', command: 'export CURL_CA_BUNDLE=$PWD/ca.pem SSL_CERT_FILE=$PWD/ca.pem' },
  {
    who: 'Docker',
    command: 'docker run -v $PWD/ca.pem:/ca.pem:ro -e NODE_EXTRA_CA_CERTS=/ca.pem IMAGE',
  },
] as const

/** The text of `rockpool ca --help`. */
export function caHelpText(): string {
  const width = Math.max(...waysToTrust.map(({ who }) => who.length))
  const ways = waysToTrust.map(({ who, command }) => `  ${who.padEnd(width)}  ${command}`)
  return `Prints the certificate that vouches for Rockpool over https, to be trusted by your clients.

Usage: rockpool ca [--ca-dir DIR | --data DIR] > ca.pem

It is made when it is first needed, and kept: with the state of --data, else in a folder of yours. So trust it once. A
running Rockpool has it at /_rockpool/ca.pem, too, over http. Its key never leaves its folder: remove both files there to
begin anew. Then make each of your programs trust it:

${ways.join('\n')}

SSL_CERT_FILE and the variables of Python name the only certificates that are trusted: append ca.pem to a copy of your
system's where the program also talks to other servers. Chrome, Edge and Safari go by the system's certificates on macOS
and Windows, and so does Firefox. On Linux, Firefox has a profile once it was started, in one of four folders: find reports
those that are not there. certutil comes with libnss3-tools (Debian) or nss-tools (Fedora).
`
}
