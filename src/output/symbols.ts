const unicode = { ok: '✓', fail: '✕', warn: '!', more: '…', to: '→', from: '←', sub: '↳', again: '↻', dash: '–' }

export type Symbols = Readonly<typeof unicode>

const ascii: Symbols = {
  ok: 'ok',
  fail: 'x',
  warn: '!',
  more: '...',
  to: '->',
  from: '<-',
  sub: '\\->',
  again: '~',
  dash: '-',
}

/** The symbols that this locale can show. */
export function symbolsFor(env: Readonly<Record<string, string | undefined>>): Symbols {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return /utf-?8/i.test(locale) || env.OS === 'Windows_NT' ? unicode : ascii
}
