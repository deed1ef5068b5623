import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { ServerEvent, TraceReply } from '../../shared/api.js'
import { type ApiProblem, part, problemOf, request } from '../core/client.js'
import { token } from '../core/token.js'
import { onEvents } from './live.js'
import type { Resource } from './resource.js'

/** Between two looks at a trace that runs. */
const pace = 200
/** A trace that was asked for is there at once, but not before it has begun. */
const patience = 3_000

/** All traces of a correlation id, as they go on. */
export function useTraces(cid: string): Resource<TraceReply> {
  const resource = useMemo(() => follow(cid), [cid])
  useEffect(() => {
    const stopToken = token.subscribe((given) => given !== '' && void resource.load())
    const stopEvents = onEvents((events) => {
      if (events.some((event) => isAbout(event, cid))) resource.loadSoon()
    })
    return () => {
      stopToken()
      stopEvents()
      resource.end()
    }
  }, [resource])
  return resource
}

function isAbout(event: ServerEvent, cid: string): boolean {
  return event.type === 'resync' || ('trace' in event && event.trace.cid === cid)
}

function follow(cid: string) {
  const value = signal<TraceReply | undefined>(undefined)
  const problem = signal<ApiProblem | undefined>(undefined)
  const began = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isEnded = false
  const load = async (): Promise<void> => {
    try {
      value.value = await request<TraceReply>('GET', `/traces/${part(cid)}`)
      problem.value = undefined
    } catch (error) {
      const found = problemOf(error)
      if (found.status === 404 && value.peek() === undefined && Date.now() - began < patience) loadSoon()
      else problem.value = found
    }
  }
  const loadSoon = () => {
    if (isEnded) return
    timer ??= setTimeout(() => {
      timer = undefined
      void load()
    }, pace)
  }
  const end = () => {
    isEnded = true
    clearTimeout(timer)
  }
  return { value, problem, load, loadSoon, end }
}
