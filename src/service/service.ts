import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Logger } from '../log.js'
import type { OutgoingRest } from '../outgoing/names.js'
import type { ServiceRequest, UntypedInput } from './request.js'
import type { ServiceResponse } from './response.js'

/**
 * The brand of service classes, and the way to make an instance: a static method, so that a class that extends another
 * copy's `Service` is made by that copy.
 */
export const serviceBrand: unique symbol = Symbol.for('zato-ts.service')

/** What `this.out` offers. */
export interface ServiceOutgoing {
  /** The outgoing REST connections of zato.yaml, by name. */
  readonly rest: OutgoingRest
}

/** What an instance stands on: one for each invocation. */
export interface ServiceContext {
  readonly cid: string
  readonly out: ServiceOutgoing
  readonly request: ServiceRequest
  readonly response: ServiceResponse
  readonly logger: Logger
  readonly environ: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  invoke(service: string | ServiceConstructor, payload: unknown): Promise<unknown>
}

/** Any class that extends `Service`. */
export type ServiceConstructor = abstract new () => Service<unknown>

/**
 * The context of the instance that is being made. Making one is synchronous, so that at most one is; it is here, and not
 * a parameter, so that no constructor of a service has to pass it on and class fields can use `this.cid`.
 */
let making: ServiceContext | undefined

/**
 * Base of all services. A class that extends it, is exported from a file below `services/` and has a method `handle` or a
 * `handleGET`, `handlePOST`…, is a service. One instance serves one invocation.
 *
 * @example
 * export class GetCustomerOrders extends Service {
 *   static override readonly name = 'my.api.get-customer-orders'
 *
 *   async handle() {
 *     const { conn } = this.out.rest['Orders API']
 *     const response = await conn.get(this.cid, { params: { customer_id: '12345' } })
 *     return response.data
 *   }
 * }
 */
export abstract class Service<Input = UntypedInput, Payload = unknown> {
  /**
   * Name of the service, as channels and `invoke` use it. If a class has none of its own, its file and the name it is
   * exported under make it: `services/billing/get-invoice.ts`, `GetInvoice` → `billing.get-invoice.get-invoice`.
   */
  declare static readonly name: string

  readonly #context: ServiceContext | undefined = making

  /** Correlation id of this invocation: the same in every log line, trace, outgoing header and error body. */
  get cid(): string {
    return this.#running().cid
  }

  /** The outgoing connections: `this.out.rest['Orders API'].conn`. An unknown name throws, and lists the closest ones. */
  get out(): ServiceOutgoing {
    return this.#running().out
  }

  /** What the caller sent. */
  get request(): ServiceRequest<Input> {
    // `Input` is what the class's schema makes of it, and that has been put in place before the instance is made.
    return this.#running().request as ServiceRequest<Input>
  }

  /** What the caller will get. */
  get response(): ServiceResponse<Payload> {
    return this.#running().response as ServiceResponse<Payload>
  }

  /** Writes log lines that carry the cid and the name of the service. */
  get logger(): Logger {
    return this.#running().logger
  }

  /** The resolved environment of the project: its `.env` files under the real environment. */
  get environ(): Readonly<Record<string, string>> {
    return this.#running().environ
  }

  /** Aborted when the caller goes away or the request's time is up. Outgoing calls end with it by themselves. */
  get signal(): AbortSignal {
    return this.#running().signal
  }

  /**
   * Runs another service in this process, with the same cid, and resolves to its payload. Its input is what is passed, and
   * must match its `input` schema; its payload must match its `output`. Its errors propagate, its status and headers are
   * dropped. It runs `handle`, or its only `handleVERB`, or else `handlePOST` if there is a payload and `handleGET` if not.
   *
   * @throws ZatoError ZS201 if the service is unknown, ZS202 if it is this one
   * @throws InputMismatch, OutputMismatch, and whatever the service throws
   * @example const invoice = await this.invoke(GetInvoice, { id: '12' })
   */
  invoke<C extends ServiceConstructor>(service: C, ...payload: PassedPayload<C>): Promise<PayloadOf<C>>
  invoke(service: string, payload?: unknown): Promise<unknown>
  invoke(service: string | ServiceConstructor, payload?: unknown): Promise<unknown> {
    return this.#running().invoke(service, payload)
  }

  /**
   * A base class that validates and types: `this.request.input` is what `input` makes of what the caller sent, and the
   * payload must match `output`. Any Standard Schema will do: zod, valibot, arktype…
   *
   * A caller that sends something else gets 400 with one entry a problem; a service whose payload does not match gets 500,
   * and its log says where.
   *
   * @example
   * export class CreateOrder extends Service.with({ input: Order, output: Receipt }) {
   *   handle() {
   *     return { id: this.request.input.sku }
   *   }
   * }
   */
  static with<
    Base extends ServiceConstructor,
    In extends StandardSchemaV1 | undefined = undefined,
    Out extends StandardSchemaV1 | undefined = undefined,
  >(this: Base, schemas: Schemas<In, Out>): ServiceWith<In, Out, Base> {
    abstract class Typed extends (this as unknown as typeof Service) {}
    return Object.assign(Typed, schemas) as unknown as ServiceWith<In, Out, Base>
  }

  static [serviceBrand]<S>(this: new () => S, context: ServiceContext): S {
    const outer = making
    making = context
    try {
      return new this()
    } finally {
      making = outer
    }
  }

  #running(): ServiceContext {
    if (this.#context) return this.#context
    throw new TypeError(
      `This "${this.constructor.name}" was made with new, outside a request: use this.invoke, or zato-ts/testing`,
    )
  }
}

/** What `Service.with` takes. */
export interface Schemas<In, Out> {
  readonly input?: In
  readonly output?: Out
}

/** The class that `Service.with` makes, or `with` of another base class: it has all that this one has. */
export type ServiceWith<In, Out, Base extends ServiceConstructor = typeof Service> = (abstract new () => Service<
  InputOf<In>,
  Output<Out>
> &
  Handlers<Output<Out>> &
  OwnMembers<InstanceType<Base>>) &
  Omit<Base, 'prototype' | 'input' | 'output'> & { readonly input: In; readonly output: Out }

/** Nothing for a class that adds nothing to `Service`: its `request.input` is not what the schema says. */
type OwnMembers<Instance> = Service extends Instance ? unknown : Instance

/** What `request.input` is, given the `input` schema. */
type InputOf<In> = In extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<In> : UntypedInput

/** What a payload may be, given the `output` schema. */
type Output<Out> = Out extends StandardSchemaV1 ? StandardSchemaV1.InferInput<Out> : unknown

/**
 * Types what handlers return without asking for `override` on them: implementing an abstract member needs none, and in an
 * intersection with the same members a class need not implement it either.
 */
type Handlers<Payload> = AbstractHandlers<Payload> & OptionalHandlers<Payload>

// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a handler that assigns its payload returns nothing
type Returned<Payload> = Payload | void | Promise<Payload | void>

declare abstract class AbstractHandlers<Payload> {
  abstract handle?(): Returned<Payload>
  abstract handleGET?(): Returned<Payload>
  abstract handlePOST?(): Returned<Payload>
  abstract handlePUT?(): Returned<Payload>
  abstract handlePATCH?(): Returned<Payload>
  abstract handleDELETE?(): Returned<Payload>
  abstract handleHEAD?(): Returned<Payload>
  abstract handleOPTIONS?(): Returned<Payload>
}

interface OptionalHandlers<Payload> {
  handle?(): Returned<Payload>
  handleGET?(): Returned<Payload>
  handlePOST?(): Returned<Payload>
  handlePUT?(): Returned<Payload>
  handlePATCH?(): Returned<Payload>
  handleDELETE?(): Returned<Payload>
  handleHEAD?(): Returned<Payload>
  handleOPTIONS?(): Returned<Payload>
}

/** What `invoke` takes beside a class: the payload that its `input` schema accepts; it may be left out if that may be undefined. */
export type PassedPayload<C> = C extends { readonly input: infer In extends StandardSchemaV1 }
  ? undefined extends StandardSchemaV1.InferInput<In>
    ? [payload?: StandardSchemaV1.InferInput<In>]
    : [payload: StandardSchemaV1.InferInput<In>]
  : [payload?: unknown]

/** What `invoke` resolves to: what the `output` schema promises, else what `handle` returns, if it returns anything. */
export type PayloadOf<C> = C extends { readonly output: infer Out extends StandardSchemaV1 }
  ? StandardSchemaV1.InferOutput<Out>
  : C extends abstract new () => { handle(): infer Returned }
    ? undefined extends Awaited<Returned>
      ? unknown
      : Awaited<Returned>
    : unknown
