/** What we use of xml-encryption, which brings no types. */
declare module 'xml-encryption' {
  type Answer = (error: Error | null, result?: string) => void
  interface Warnings {
    readonly warnInsecureAlgorithm?: boolean
  }
  export function decrypt(
    xml: string,
    options: Warnings & { readonly key: string; readonly disallowDecryptionWithInsecureAlgorithm?: boolean },
    answer: Answer,
  ): void
  export function encrypt(
    content: string,
    options: Warnings & {
      readonly rsa_pub: string
      readonly pem: string
      readonly encryptionAlgorithm: string
      readonly keyEncryptionAlgorithm: string
      readonly keyEncryptionDigest?: string
      readonly disallowEncryptionWithInsecureAlgorithm?: boolean
    },
    answer: Answer,
  ): void
}
