import type { OutgoingDefinition } from '../../project/schema.js'

type Source = Pick<OutgoingDefinition, 'isActive' | 'refusal' | 'healthCheckRunEvery' | 'healthCheckRunUnit'>

const unitMs = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const

/** How often a connection is to be pinged; undefined for one that is not, or that refuses every call. */
export function healthInterval({ isActive, refusal, healthCheckRunEvery = 0, healthCheckRunUnit }: Source) {
  if (!isActive || refusal !== undefined || healthCheckRunEvery === 0) return undefined
  return healthCheckRunEvery * unitMs[healthCheckRunUnit]
}
