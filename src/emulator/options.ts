import type { Seed } from '../config/seed/shape.js'
import type { Operations } from '../control/operations.js'
import type { Clock } from '../core/ports/clock.js'
import type { SocialType } from '../core/social-provider.js'
import type { PoolSummary } from '../flows/directory/pool-summary.js'
import type { ControlMode } from '../http/control-access.js'
import type { NamedFunctions, PoolTriggers } from '../triggers/pool-triggers.js'

/** How Rockpool is started. */
export interface RockpoolOptions {
  /** The address to listen on; `127.0.0.1` unless said otherwise. */
  readonly host?: string
  /** The port to listen on; 0 takes any that is free. */
  readonly port?: number
  /** What browsers and tokens call us; `http://localhost:{port}` unless said otherwise. */
  readonly baseUrl?: string
  /** What exists at the start, in the order given. */
  readonly seeds?: readonly Seed[]
  /**
   * Where state is kept: a directory, or `postgres://…`, a database that any number of processes share. Without it, in memory:
   * gone with the process.
   */
  readonly dataDir?: string
  /** Where the authority behind our https certificates is kept. Without it, with the state. */
  readonly caDir?: string
  /** Further host names that we are found under, besides `localhost`, that of the base URL and those of domains. */
  readonly hostNames?: readonly string[]
  /**
   * Origins of other machines whose pages may send signed operations, such as `https://admin.example`. Pages of this machine
   * (`localhost`, loopback addresses, the host of the base URL, `hostNames`) may always.
   */
  readonly allowOrigins?: readonly string[]
  /**
   * Types of social providers that are reached in truth, over the internet. For all others a built-in provider stands in, so that
   * nothing goes to a real one by accident.
   */
  readonly realProviders?: readonly SocialType[]
  /**
   * Which callers the control API serves: this machine without a token, other machines with the token (`local`, the
   * default); every caller with the token (`token`); or none (`off`).
   */
  readonly control?: ControlMode
  /** What `Authorization: Bearer …` has to bring, where the control API wants a token. */
  readonly controlToken?: string
  /** Pools have the addresses that they have on AWS: for apps as they are in production, where the names lead here. */
  readonly awsAddresses?: boolean
  /** Believes the headers in which a proxy forwards host and scheme. A client that reaches us directly can forge them. */
  readonly trustProxy?: boolean
  /** The account that ARNs name; `000000000000` unless said otherwise. */
  readonly accountId?: string
  /**
   * Whether the keys of pools are their own, made anew, or may have been those of other pools of this process before,
   * which are closed by now: the first tokens are there sooner. No two pools have the same at the same time.
   */
  readonly keys?: 'own' | 'recycled'
  /**
   * A directory with keys made ahead, for the pools of later starts: the first tokens are there sooner. It is made where
   * there is none, and only used where nobody else may write to it. Without it, keys are made when they are wanted.
   */
  readonly keyStock?: string
  /** Takes one line about what the operator should know: refusals, warnings. */
  readonly log?: (line: string) => void
  /**
   * Functions that are called as Lambda triggers, by a pool's name or id: functions of this process, or where others are
   * (`./file.mjs#handler`, the URL of a Runtime Interface Emulator, an ARN). Each returns the event that it was given, with
   * the response filled in, or throws to refuse.
   */
  readonly triggers?: PoolTriggers
  /**
   * Functions by their names, with an alias (`name:alias`), or by ARNs: those that the `LambdaConfig` of pools names, such as of
   * pools that an app, Terraform or the CDK creates.
   */
  readonly functions?: NamedFunctions
  /** The URL of a server with Lambda's Invoke (SAM local, LocalStack, Lambda), for functions that are named by ARN. */
  readonly lambdaEndpoint?: string
  /** What time it is, as long as nobody moves `Rockpool.clock`; the system's time unless given. */
  readonly clock?: Clock
}

/** A Rockpool that listens. */
export interface Rockpool {
  readonly baseUrl: string
  /** What it listens on. */
  readonly address: { readonly host: string; readonly port: number }
  readonly pools: readonly PoolSummary[]
  /** What tests may do with it that no app may. */
  readonly operations: Operations
  /**
   * Applies other seeds than those it runs with: what they say comes true, what only the earlier ones had goes, users stay.
   * @returns sentences about what stays although it is in no seed
   * @throws SeedError when AWS would not let the change happen; then nothing is changed
   */
  changeSeeds(seeds: readonly Seed[]): Promise<string[]>
  /**
   * Stops listening, ends what is under way and gives back everything held. With `patience`, requests under way may come to
   * their end first, for as many milliseconds.
   */
  close(how?: { readonly patience: number }): Promise<void>
}
