/** Thirty project files as people write them: comments everywhere, and no two laid out alike. */
export const commentedFiles: readonly (readonly [title: string, text: string])[] = Array.from(
  { length: 30 },
  (_, i) => {
    const parts = {
      ending: i % 5 === 4 ? '\r\n' : '\n',
      indent: i % 2 === 0 ? '  ' : '',
      quote: ['', "'", '"'][i % 3] ?? '',
      order: i % 4 < 2,
      isFlow: i % 7 === 3,
      blanks: 1 + (i % 3),
      hasFinalBreak: i % 6 !== 5,
      hasMark: i % 10 === 9,
      hasAnchor: i % 8 === 6,
      hasBlock: i % 9 === 2,
    }
    return [titleOf(i, parts), textOf(parts)] as const
  },
)

interface Parts {
  readonly ending: string
  readonly indent: string
  readonly quote: string
  readonly order: boolean
  readonly isFlow: boolean
  readonly blanks: number
  readonly hasFinalBreak: boolean
  readonly hasMark: boolean
  readonly hasAnchor: boolean
  readonly hasBlock: boolean
}

function titleOf(index: number, { ending, isFlow, hasFinalBreak, hasMark, hasAnchor, hasBlock }: Parts): string {
  const traits = [
    ...(ending === '\r\n' ? ['CRLF'] : []),
    ...(isFlow ? ['a flow mapping'] : []),
    ...(hasFinalBreak ? [] : ['no final line break']),
    ...(hasMark ? ['a byte order mark'] : []),
    ...(hasAnchor ? ['an anchor'] : []),
    ...(hasBlock ? ['a block text'] : []),
  ]
  return `file ${index + 1}${traits.length > 0 ? ` (${traits.join(', ')})` : ''}`
}

function textOf({ ending, indent, quote, order, isFlow, blanks, hasFinalBreak, hasMark, ...has }: Parts): string {
  const q = (text: string) => quote + text + quote
  const first = [
    `${indent}# The API of the warehouse.   Ask Eve  `,
    `${indent}- name: ${q('Stock API')}          # as services say it`,
    `${indent}  host: ${q('https://stock.example.com')}`,
    `${indent}  url_path: '/items/{item_id}' # one item`,
    ...(has.hasBlock ? [`${indent}  description: |`, `${indent}    Two lines,`, `${indent}    # and no comment`] : []),
    `${indent}  timeout: 30   # seconds, not ms`,
    `${indent}  # a comment at the end of the item`,
  ]
  const second = isFlow
    ? [`${indent}- { name: Billing API, host: 'https://billing.example.com', timeout: 12 } # short`]
    : [
        `${indent}- ${order ? 'name: Billing API' : 'host: https://billing.example.com'}`,
        `${indent}  ${order ? 'host: https://billing.example.com' : 'name: Billing API'}`,
        `${indent}  headers:`,
        `${indent}    X-Team:   shop     # who asks`,
        `${indent}  timeout: 12`,
      ]
  const lines = [
    '# Project of the shop',
    '#',
    ...Array.from({ length: blanks }, () => ''),
    ...(has.hasAnchor ? ['x-common: &common   # for later', '  team: shop', ''] : []),
    '# What we call',
    'outgoing_rest:   # two of them',
    ...first,
    ...Array.from({ length: blanks }, () => ''),
    ...second,
    '',
    `${indent}# the last one`,
    `${indent}- name: Rates`,
    `${indent}  host: http://rates.example.com`,
    '',
    '# Nothing is served yet',
    'channel_rest: []',
    ...(has.hasAnchor ? ['x-more:', '  - *common'] : []),
    '# The end',
  ]
  return (hasMark ? '\ufeff' : '') + lines.join(ending) + (hasFinalBreak ? ending : '')
}
