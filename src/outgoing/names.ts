import type { RestConnection } from './connection.js'

/**
 * The connections of the project and the placeholders that each of them needs. zato-env.d.ts, which zato-ts writes beside
 * zato.yaml, fills it in; empty, it allows every name.
 *
 * @example
 * declare module 'zato-ts' {
 *   interface RestConnections {
 *     'Orders API': 'customer_id'
 *   }
 * }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled in by zato-env.d.ts
export interface RestConnections {}

/** One entry of `this.out.rest`. */
export interface RestItem<P extends string = string> {
  readonly conn: RestConnection<P>
}

/** What a service sees as `this.out.rest`: the connections by name. An unknown name throws `NotConfigured`. */
export type OutgoingRest = [keyof RestConnections] extends [never]
  ? Readonly<Record<string, RestItem>>
  : { readonly [Name in keyof RestConnections]: RestItem<RestConnections[Name]> }
