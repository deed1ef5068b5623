import { build } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as zatoTs from '../../src/index.js'
import { Service } from '../../src/index.js'
import { deriveName } from '../../src/service/names.js'
import { type ServiceModule, ServiceRegistry } from '../../src/service/registry.js'
import { serviceBrand } from '../../src/service/service.js'

const moduleOf = (name: string, exports: Record<string, unknown>): ServiceModule => ({
  file: `/p/services/${name}.ts`,
  name,
  exports,
})
const namesOf = (...modules: ServiceModule[]) => ServiceRegistry.from(modules).names()

class GetInvoice extends Service {
  handle() {}
}

describe('which exports are services', () => {
  class Base extends Service {
    protected greet() {
      return 'hello'
    }
  }
  class Child extends Base {
    handle() {
      return this.greet()
    }
  }
  class GrandChild extends Child {}
  class OnlyVerb extends Service {
    handleDELETE() {}
  }
  class Unbranded {
    handle() {}
  }

  test('branded classes with a handler, inherited or their own', () => {
    const other = {
      text: 'x',
      number: 1,
      nothing: null,
      undefined,
      fn: () => 1,
      object: { handle() {} },
      Unbranded,
      Service,
    }
    const typed = Service.with({ input: z.string() })
    expect(namesOf(moduleOf('a', { Base, Child, GrandChild, OnlyVerb, typed, ...other }))).toEqual([
      'a.child',
      'a.grand-child',
      'a.only-verb',
    ])
  })

  test.each([
    ['handle', 'handle = async () => 1'],
    ['handle', 'handle = (a) => a'],
    ['handle', 'handle = a => a'],
    ['handle', 'handle = function () { return 1 }'],
    ['handlePOST', 'handle() {}\n  handlePOST = async () => 1'],
  ])('a "%s" that is a field is a mistake that is told: %s', async (name, field) => {
    for (const target of ['es2022', 'es2020']) {
      for (const keepNames of [true, false]) {
        const source = `export const make = (Service) => class A extends Service {\n  ${field}\n}`
        const { outputFiles } = await build({
          ...{ stdin: { contents: source, loader: 'ts' }, write: false, format: 'esm', target, keepNames },
          tsconfigRaw: { compilerOptions: { useDefineForClassFields: target === 'es2022' } },
        })
        const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
        const { make } = (await import(`data:text/javascript;base64,${code}`)) as { make: (base: unknown) => unknown }
        const found = () => namesOf(moduleOf('a', { A: make(Service) }))
        expect(found).toThrow(`The "${name}" of "A" in /p/services/a.ts is a field, not a method`)
      }
    }
  })

  test('a class whose code only looks as if it had such a field', () => {
    class Looks extends Service {
      handle() {
        const handlers = { handle: () => 1 }
        const handle = () => handlers.handle()
        const text = 'handle = () => 1'
        return [handle(), text]
      }
      handleGET() {
        return 1
      }
    }
    expect(namesOf(moduleOf('a', { Looks }))).toEqual(['a.looks'])
  })

  test('classes that another copy of zato-ts brought', async () => {
    const contexts: unknown[] = []
    // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- the least that a brand needs
    abstract class OtherService {
      static [serviceBrand](this: new () => OtherService, context: unknown) {
        contexts.push(context)
        return new this()
      }
    }
    class Foreign extends OtherService {
      handle() {
        return 'from afar'
      }
    }
    const { running } = await import('./running.js')
    expect((await running({ Foreign }).send('test.foreign')).text).toBe('from afar')
    expect(contexts).toMatchObject([{ cid: expect.any(String) as string }])
  })

  test('a class that is exported twice is one service', () => {
    expect(namesOf(moduleOf('a', { GetInvoice, default: GetInvoice, Alias: GetInvoice }))).toEqual(['a.alias'])
  })

  test('a class that an index exports again has the name of its own file', () => {
    const own = moduleOf('billing/get', { GetInvoice })
    const index = moduleOf('billing/index', { GetInvoice })
    const rootIndex = moduleOf('index', { GetInvoice })
    expect(namesOf(rootIndex, index, own)).toEqual(['billing.get.get-invoice'])
  })

  test('what they serve is told', () => {
    class Both extends Service {
      handle() {}
      handlePUT() {}
      handleGET() {}
    }
    expect(ServiceRegistry.from([moduleOf('z/a', { Both, GetInvoice })]).list()).toEqual([
      { name: 'z.a.both', file: '/p/services/z/a.ts', exportName: 'Both', verbs: ['GET', 'PUT'] },
      { name: 'z.a.get-invoice', file: '/p/services/z/a.ts', exportName: 'GetInvoice', verbs: [] },
    ])
  })

  test('they are found by name', () => {
    const registry = ServiceRegistry.from([moduleOf('a', { GetInvoice })])
    expect(registry.get('a.get-invoice')).toBe(GetInvoice)
    expect(registry.get('constructor')).toBeUndefined()
  })
})

describe('a name', () => {
  test.each([
    ['billing/get-invoice', 'GetInvoice', 'billing.get-invoice.get-invoice'],
    ['my_mod', 'MyService', 'my-mod.my-service'],
    ['orders', 'getOrder', 'orders.get-order'],
    ['orders', 'GetHTTPStatus', 'orders.get-http-status'],
    ['orders', 'OrdersV2', 'orders.orders-v2'],
    ['orders', 'ALL_ORDERS', 'orders.all-orders'],
    ['Billing/GetInvoice', 'default', 'billing.get-invoice'],
    ['orders.v2', 'Get', 'orders.v2.get'],
    ['two words', 'Get', 'two-words.get'],
  ])('of %s, export %s, is %s', (module, exportName, name) => {
    expect(deriveName(module, exportName)).toBe(name)
  })

  test('is derived in lower case without blanks, from whatever names files and exports have', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9_ /-]+$/),
        fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]*$/),
        (module, exportName) => {
          expect(deriveName(module, exportName)).toMatch(/^[a-z0-9.-]*$/)
        },
      ),
    )
  })

  test('of its own wins, and is not inherited', () => {
    class Named extends Service {
      static override readonly name: string = 'my.api.named'
      handle() {}
    }
    class Child extends Named {}
    class Renamed extends Named {
      static override readonly name = 'my.api.renamed'
    }
    class Getter extends Service {
      static override get name() {
        return 'my.api.getter'
      }
      handle() {}
    }
    expect(namesOf(moduleOf('a', { Named, Child, Renamed, Getter }))).toEqual([
      'a.child',
      'my.api.getter',
      'my.api.named',
      'my.api.renamed',
    ])
  })

  test.each([[''], [' x'], ['x '], [7], [null], [undefined], [['a']]])('cannot be %j', (name) => {
    class Odd extends Service {
      static override readonly name = name as string
      handle() {}
    }
    expect(() => namesOf(moduleOf('a', { Odd }))).toThrow(
      /^The name of the service "Odd" in \/p\/services\/a\.ts is not usable/,
    )
  })

  test('that two services have is an error that names both files', () => {
    class One extends Service {
      static override readonly name = 'same'
      handle() {}
    }
    class Two extends Service {
      static override readonly name = 'same'
      handle() {}
    }
    const modules = [moduleOf('one', { One }), moduleOf('sub/two', { Two })]
    expect(() => ServiceRegistry.from(modules)).toThrow(
      expect.objectContaining({
        code: 'ZS103',
        message: 'Two services have the name "same": "One" in /p/services/one.ts and "Two" in /p/services/sub/two.ts',
      }),
    )
  })
})

test.each([{}, 'string', 7, null, { '~standard': {} }, { parse: () => 1 }])(
  '%j is no schema, and loading says so',
  (schema) => {
    class Odd extends Service {
      static input = schema
      handle() {}
    }
    expect(() => ServiceRegistry.from([moduleOf('a', { Odd })])).toThrow(
      'The input of "Odd" in /p/services/a.ts is not a schema',
    )
  },
)

describe.each([true, false])('through a bundler that keeps names: %s', (keepNames) => {
  const source = `
    import { Service } from 'zato-ts'
    export class Derived extends Service { handle() {} }
    export class Named extends Service { static override readonly name = 'named'; handle() {} }
    export class Child extends Named {}
    export const Expression = class extends Service { handle() {} }
    export const NamedExpression = class Other extends Service { static override readonly name = 'expression'; handle() {} }
    export default class extends Service { handle() {} }
  `
  test.each([false, true])('names are those of the source, minified: %s', async (minify) => {
    const { outputFiles } = await build({
      stdin: { contents: source, loader: 'ts', resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      external: ['zato-ts'],
      keepNames,
      minify,
    })
    const module: { exports: Record<string, unknown> } = { exports: {} }
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- runs what the bundler made
    const run = new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '') as (...args: unknown[]) => void
    run(module, module.exports, () => zatoTs)
    const exports = Object.fromEntries(Object.entries(module.exports))
    expect(namesOf(moduleOf('a', exports))).toEqual([
      'a',
      'a.child',
      'a.derived',
      'a.expression',
      'expression',
      'named',
    ])
  })
})
