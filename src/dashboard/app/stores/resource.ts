import { type Signal, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { ServerEvent } from '../../shared/api.js'
import { type ApiProblem, problemOf, request } from '../core/client.js'
import { token } from '../core/token.js'
import { onEvents } from './live.js'

/** What one address of the API told last. It stays while a newer one is asked for, and if that fails. */
export interface Resource<Value> {
  readonly value: Signal<Value | undefined>
  readonly problem: Signal<ApiProblem | undefined>
  readonly load: () => Promise<void>
}

/** Whether an event may have changed what stands in the project. */
export const projectChanged = ({ type }: ServerEvent) => type === 'config' || type === 'reloaded' || type === 'resync'

/** Asks for `path` when it is first shown, and again after events that `isStale` names. */
export function useResource<Value>(
  path: string,
  isStale: (event: ServerEvent) => boolean = projectChanged,
): Resource<Value> {
  const resource = useMemo(() => makeResource<Value>(path), [path])
  useEffect(() => {
    const stopToken = token.subscribe((given) => given !== '' && void resource.load())
    const stopEvents = onEvents((events) => {
      if (events.some(isStale)) void resource.load()
    })
    return () => {
      stopToken()
      stopEvents()
    }
  }, [resource])
  return resource
}

function makeResource<Value>(path: string): Resource<Value> {
  const value = signal<Value | undefined>(undefined)
  const problem = signal<ApiProblem | undefined>(undefined)
  let latest = 0
  const load = async () => {
    latest += 1
    const turn = latest
    try {
      const reply = await request<Value>('GET', path)
      if (turn !== latest) return
      value.value = reply
      problem.value = undefined
    } catch (error) {
      if (turn === latest) problem.value = problemOf(error)
    }
  }
  return { value, problem, load }
}
