/** What NODE_TLS_REJECT_UNAUTHORIZED=0 does, and what it does not: the settings of a connection are given in full. */
export const unverifiedNode =
  'NODE_TLS_REJECT_UNAUTHORIZED=0: what services call past their connections trusts anybody’s certificate; the connections themselves go on verifying'

/** Whether the environment makes Node verify no certificate unless it is told to. */
export function isNodeUnverified(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.NODE_TLS_REJECT_UNAUTHORIZED === '0'
}
