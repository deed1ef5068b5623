import { signal } from '@preact/signals'
import type { ProblemView, ServerEvent, StateReply } from '../../shared/api.js'
import { type ApiProblem, problemOf, request } from '../core/client.js'
import { token } from '../core/token.js'
import { onEvents } from './live.js'

/** What the server tells of itself. The last one stays while it cannot be reached. */
export const serverState = signal<StateReply | undefined>(undefined)
export const stateProblem = signal<ApiProblem | undefined>(undefined)
export const stateAt = signal(0)

export async function loadState(): Promise<void> {
  try {
    serverState.value = await request<StateReply>('GET', '/state')
    stateAt.value = Date.now()
    stateProblem.value = undefined
  } catch (error) {
    stateProblem.value = problemOf(error)
  }
}

export function startState(): void {
  token.subscribe((value) => {
    if (value !== '') void loadState()
  })
  onEvents((events) => {
    for (const event of events) apply(event)
  })
}

function apply(event: ServerEvent): void {
  const state = serverState.peek()
  if (event.type === 'resync' || event.type === 'config' || event.type === 'reloaded') void loadState()
  if (state && event.type === 'hello' && event.epoch !== state.epoch) void loadState()
  if (state && event.type === 'reloading') serverState.value = { ...state, isReloading: true }
  if (state && event.type === 'config')
    serverState.value = { ...state, revision: event.revision, problems: event.problems }
}

export function errorsOf(problems: readonly ProblemView[]): readonly ProblemView[] {
  return problems.filter(({ severity }) => severity === 'error')
}

/** Opens a file of the project in the user's editor. */
export async function openInEditor(file: string, line?: number, column?: number): Promise<void> {
  await request('POST', '/open-editor', { body: { file, ...(line && { line }), ...(column && { column }) } })
}
