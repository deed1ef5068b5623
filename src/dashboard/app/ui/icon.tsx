const paths = {
  traces: 'M3 4h8M3 8h10M6 12h7',
  connections: 'M9.5 6.5 13 3m0 0h-3m3 0v3M6.5 9.5 3 13m0 0h3m-3 0v-3',
  channels: 'M2.5 8h8m0 0L7.5 5m3 3-3 3M13.5 3v10',
  services: 'M8 2.5 13 5.25v5.5L8 13.5 3 10.75v-5.5zM3 5.25 8 8l5-2.75M8 8v5.5',
  logs: 'M3 3.5h10M3 6.5h7M3 9.5h10M3 12.5h5',
  project: 'M2.5 4.5v8h11v-6.5h-6l-1.5-1.5z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z',
  system: 'M2.5 3.5h11v7.5h-11zM6 13.5h4M8 11v2.5',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2 13.5 13.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8z',
  replay: 'M3 8a5 5 0 1 0 1.6-3.7M3 2.8v2.7h2.7',
  edit: 'M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.4 4.4l2.2 2.2',
  copy: 'M5.5 5.5v-2.5h7.5v7.5h-2.5M3 5.5h7.5v7.5H3z',
  pin: 'M6 2.5h4l-.4 4.2 2.2 2.3H4.2l2.2-2.3zM8 9v4.5',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  chevron: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  compare: 'M5.5 3v10M10.5 3v10M2.5 6l-1 2 1 2M13.5 6l1 2-1 2',
  external: 'M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9v4H3V4.5h4',
  back: 'M10 4 6 8l4 4',
  check: 'M3.5 8.5l3 3 6-7',
  log: 'M3.5 4h9M3.5 8h6M3.5 12h9',
} as const

export type IconName = keyof typeof paths

/** Drawn, never alone: whoever shows it says in words what it means. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
