/** The values that an import needs besides its paths, and that no file has. */
export interface ImportOptions {
  readonly region?: string
  readonly stackName?: string
  /** Values of a template's parameters, by name. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Values of attributes of resources that are none of Cognito's, by `Resource.Attribute`. */
  readonly set?: Readonly<Record<string, string>>
  /** Values that other stacks export, by export name. */
  readonly exports?: Readonly<Record<string, string>>
  /** Values of secrets: by `NAME`, or `ID:SecretString:key` as the template names them. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Pools that a template names by their literal ids: id → logical id of a pool that is imported. */
  readonly poolIds?: Readonly<Record<string, string>>
  /** The deployment stage of the Serverless Framework. */
  readonly stage?: string
  /** Environment variables that an input may read by name, such as `${env:X}`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** The account that ARNs name where the input names none. */
export const defaultAccount = '000000000000'
const defaultRegion = 'us-east-1'

/** The region where the input names none: the option's, the environment's, AWS's first. */
export const regionOr = ({ region, environment }: ImportOptions, own?: string): string =>
  region ?? own ?? environment?.AWS_REGION ?? defaultRegion
