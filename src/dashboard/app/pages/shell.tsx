import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { path, route, navigate } from '../core/router.js'
import { token } from '../core/token.js'
import { useKeys } from '../core/use-keys.js'
import { serverState } from '../stores/server-state.js'
import { Icon, type IconName } from '../ui/icon.js'
import { Toasts } from '../ui/toasts.js'
import { ConfigStrip } from './config-strip.js'
import { KeyList } from './key-list.js'
import { LiveIndicator } from './live-indicator.js'
import { Page } from './page.js'
import { ThemeMenu } from './theme-menu.js'
import { TokenPage } from './token-page.js'

interface Place {
  readonly url: string
  readonly label: string
  readonly icon: IconName
  readonly key: string
}

const places: readonly Place[] = [
  { url: '/traces', label: 'Traces', icon: 'traces', key: 't' },
  { url: '/connections', label: 'Connections', icon: 'connections', key: 'c' },
  { url: '/channels', label: 'Channels', icon: 'channels', key: 'h' },
  { url: '/services', label: 'Services', icon: 'services', key: 's' },
  { url: '/logs', label: 'Logs', icon: 'logs', key: 'l' },
  { url: '/project', label: 'Project', icon: 'project', key: 'p' },
]

/** What is around each page. */
export function Shell() {
  const areKeysShown = useSignal(false)
  const main = useRef<HTMLElement>(null)
  useKeys([
    ...places.map(({ url, label, key }) => ({ keys: `g ${key}`, doc: label, run: () => navigate(url) })),
    { keys: '?', doc: 'Keys', run: () => (areKeysShown.value = true) },
  ])
  usePageFocus(main)
  const project = serverState.value?.project.name
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="top">
        <a class="brand" href="/traces">
          <Mark />
          zato-ts
        </a>
        {project !== undefined && (
          <span class="project" title={serverState.value?.project.folder}>
            {project}
          </span>
        )}
        <nav aria-label="Pages">
          {places.map(({ url, label, icon }) => (
            <a key={url} href={url} aria-current={isHere(url) ? 'page' : undefined}>
              <Icon name={icon} />
              <span>{label}</span>
            </a>
          ))}
        </nav>
        <div class="top-end">
          <LiveIndicator />
          <ThemeMenu />
          <button type="button" class="quiet" onClick={() => (areKeysShown.value = true)}>
            Keys <kbd>?</kbd>
          </button>
        </div>
      </header>
      {token.value !== '' && <ConfigStrip />}
      <main id="main" ref={main} tabIndex={-1}>
        {token.value === '' ? <TokenPage /> : <Page />}
      </main>
      <Toasts />
      {areKeysShown.value && <KeyList onClose={() => (areKeysShown.value = false)} />}
    </>
  )
}

function isHere(url: string): boolean {
  return path.value === url || path.value.startsWith(`${url}/`) || (url === '/traces' && path.value === '/')
}

/** A new page is told to those who do not see it; moving within one leaves the focus where it is. */
function usePageFocus(main: { readonly current: HTMLElement | null }): void {
  const { page } = route.value
  const first = useRef(true)
  useEffect(() => {
    if (!first.current && !main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true })
    first.current = false
  }, [page])
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M8 10h11M8 16h16M13 22h11" />
    </svg>
  )
}
