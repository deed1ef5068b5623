import { Service } from 'zato-ts'

export class Version extends Service {
  static override readonly name = 'version'

  handle() {
    return { version: 0 }
  }
}
