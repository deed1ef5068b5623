/** What `serve` can be told on its command line. */
export interface ServeFlags {
  readonly port?: number
  readonly host?: string
  readonly watch: boolean
  readonly poll?: boolean
  readonly inspect?: boolean | number
  readonly dashboard: boolean
  readonly dashboardPort?: number
  readonly open?: boolean
  readonly keepTraces?: boolean
  /** Seconds. */
  readonly drain?: number
}
