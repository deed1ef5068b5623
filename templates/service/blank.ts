import { Service } from 'zato-ts'

/** Answers with what it was given. */
export class ServiceTemplate extends Service {
  static override readonly name = 'service-template'

  handle() {
    return { received: this.request.input }
  }
}
