/** Regular expressions of the service's model, and in words what a text of their form has. */
const words: Readonly<Record<string, string>> = {
  '[\\w+]+': 'Use letters, digits, _ and +, nothing else.',
  '[\\w-]+_[0-9a-zA-Z]+': 'Write a region, _ and letters or digits, such as us-east-1_Customers.',
  '[\\S]+': 'Leave out the blanks.',
  '[\\w\\s+=,.@-]+': 'Use letters, digits, blanks and + = , . @ - _, nothing else.',
  '[\\w\\s+=.@-]+': 'Use letters, digits, blanks and + = . @ - _, nothing else.',
  '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+': 'Use letters, digits and punctuation, without blanks.',
  '^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$':
    'Use lower-case letters, digits and hyphens, and begin and end with a letter or a digit.',
  '[a-z0-9]([a-z0-9-]*[a-z0-9])?':
    'Use lower-case letters, digits and hyphens, and begin and end with a letter or a digit.',
  '[A-Z2-7]+': 'Write it in base32: letters A to Z and digits 2 to 7.',
  '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}':
    'Write a UUID in lower case, such as 7c9e6679-7425-40de-944b-e07fc1f90ae7.',
}

/** What to change in a text that does not have the form of a pattern. */
export const formRemedy = (pattern: string): string =>
  words[pattern] ??
  (pattern.startsWith('arn:')
    ? 'Write an ARN, such as arn:aws:lambda:us-east-1:000000000000:function:NAME.'
    : `Write a text that matches the regular expression ${pattern} as a whole.`)
