import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyProject } from '../harness/product.js'

/** A project with so many channels, each of which calls a connection of its own. */
export function makeScaleProject(size: number): string {
  const project = copyProject('scale')
  writeFileSync(join(project, 'zato.yaml'), scaleFile(size))
  return project
}

/** Paths of ten channels, evenly spread over the file: as many pools are open then whatever the size. */
export function scalePaths(size: number): readonly string[] {
  return Array.from({ length: 10 }, (_, index) => {
    const area = Math.floor(((index + 0.5) * size) / 10)
    return `/api/area-${area}/customers/12345/orders?status=pending`
  })
}

export function scaleFile(size: number): string {
  const indexes = Array.from({ length: size }, (_, index) => index)
  return [
    'outgoing_rest:',
    ...indexes.map(connection),
    'channel_rest:',
    ...indexes.map(channel),
    '  - name: Version',
    '    url_path: /version',
    '    service: version',
    '    method: GET',
    '',
  ].join('\n')
}

const connection = (index: number) => `  - name: Area ${index}
    host: \${UPSTREAM}
    url_path: /customers/{customer_id}/orders
    data_format: json
    timeout: 30
`

const channel = (index: number) => `  - name: Area ${index}
    url_path: /api/area-${index}/customers/{customer_id}/orders
    service: scale.call-namesake
    method: GET
`
