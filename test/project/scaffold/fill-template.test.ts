import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { fillTemplate } from '../../../src/project/scaffold/fill-template.js'
import { serviceTemplateFile, serviceTemplates } from '../../../src/project/scaffold/templates.js'

const templates = serviceTemplates.map((template) => readFileSync(serviceTemplateFile(template), 'utf8'))

/** The argument of each `rest[…]` in the text, evaluated. */
function namesCalled(text: string): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isElementAccessExpression(node) && node.expression.getText(source).endsWith('.rest')) {
      names.push((node.argumentExpression as ts.StringLiteral).text)
    }
    ts.forEachChild(node, visit)
  }
  const source = ts.createSourceFile('service.ts', text, ts.ScriptTarget.ES2023)
  visit(source)
  return names
}

test('whatever a connection and its placeholders are called, the service parses and calls that connection', () => {
  const placeholder = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/)
  const placeholders = fc.uniqueArray(placeholder, { maxLength: 4 })
  fc.assert(
    fc.property(
      fc.constantFrom(...templates),
      fc.string({ unit: 'binary' }),
      placeholders,
      (template, name, inPath) => {
        const connection = { name, placeholders: inPath }
        const text = fillTemplate(template, { name: 'made.it', className: 'It', connection })
        const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true })
        expect(diagnostics).toEqual([])
        expect(namesCalled(text)).toEqual(template.includes('.rest[') ? [name] : [])
      },
    ),
  )
})

test('a placeholder called __proto__ is a key, not a prototype', () => {
  const connection = { name: 'Odd', placeholders: ['__proto__'] }
  const text = fillTemplate(templates[0] ?? '', { name: 'made.it', className: 'It', connection })
  expect(text).toContain(`{ ['__proto__']: input['__proto__'] }`)
})
