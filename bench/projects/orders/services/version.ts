import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Service } from 'zato-ts'

export class Version extends Service {
  static override readonly name = 'version'

  handle() {
    return { version: 0 }
  }
}

/** Begins its reply at once, and ends it as soon as there is a file. */
export class SlowVersion extends Service {
  static override readonly name = 'version.slow'

  handle() {
    const gate = String(this.request.http.query.until)
    const text = new TextEncoder()
    return new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(text.encode('{ "version": '))
        while (!existsSync(gate)) await wait(5)
        controller.enqueue(text.encode('0 }'))
        controller.close()
      },
    })
  }
}
