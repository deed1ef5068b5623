import { computed, signal } from '@preact/signals'
import { routeOf } from './routes.js'

const here = () => ({ path: location.pathname, search: location.search })

/** Where the page is. */
export const place = signal(here())
export const path = computed(() => place.value.path)
export const route = computed(() => routeOf(path.value))
export const query = computed(() => new URLSearchParams(place.value.search))

export function navigate(url: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (url === location.pathname + location.search) return
  if (replace) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  place.value = here()
}

/** Sets a part of the query in place; an empty one is left out. */
export function setQuery(values: Readonly<Record<string, string | undefined>>): void {
  const next = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  navigate(location.pathname + (text === '' ? '' : `?${text}`), { replace: true })
}

/** Back and forward, and plain clicks on links of the page itself. */
export function startRouter(): void {
  addEventListener('popstate', () => (place.value = here()))
  document.addEventListener('click', (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return
    event.preventDefault()
    if (link.hash !== '' && link.pathname === location.pathname) document.getElementById(link.hash.slice(1))?.focus()
    else navigate(link.pathname + link.search)
  })
}
