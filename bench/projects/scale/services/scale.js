import { HttpError, Service } from 'zato-ts'

/** Every channel runs this, and calls the connection of its own name. */
export class CallNamesake extends Service {
  static name = 'scale.call-namesake'

  async handle() {
    const { http, channel } = this.request
    const { conn } = this.out.rest[channel.name]
    const params = { ...http.params, status: http.query.status }
    const response = await conn.get(this.cid, { params })
    if (!response.ok) throw new HttpError(502, 'The API refused')
    return response.data
  }
}
