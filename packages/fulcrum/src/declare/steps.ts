/* oxlint-disable typescript/no-explicit-any -- what a step does not look at may be of any type */
import type { Duration } from '../kernel/duration.ts'
import type { CallArguments, Context } from './context.ts'
import type { ErrorDeclaration } from './error.ts'
import type { Operation } from './operation.ts'

type Callable<In, Out> = Operation<'query' | 'command', string, In, any, any, Out, any, any, any>

/** What an attempt at a step gets. */
export interface Step {
  /** The same in every attempt, on every instance, and for no other step: what a service elsewhere tells repetitions by. 32 hexadecimal digits. */
  readonly key: string
  /** 1 for the first, on this instance. */
  readonly attempt: number
  /** Aborts when the attempt is out of time, or the run is not this instance's any more. */
  readonly signal: AbortSignal
}

/** What undoes a step gets. */
export interface Undo<Result> extends Step {
  /** Of the step that is undone; `key` is that of the undoing. */
  readonly stepKey: string
  /** What the step has answered; `undefined` where that is not known: it may have taken effect, or not. */
  readonly result: Result | undefined
  /** Calls a command, as the last thing that is done: its transaction says that the step is undone, so of that both happen or neither. Once only. */
  call<In, Out>(command: Callable<In, Out>, ...args: CallArguments<In>): Promise<Out>
}

export interface StepOptions<Result> {
  /** How often it is tried. Default: `steps.attempts`. */
  readonly attempts?: number
  /** What one attempt may take. Default: `steps.timeout`. For calls: the deadline of what is called holds as well. */
  readonly timeout?: Duration
  /**
   * Undoes it, when the run fails after it was done, or after it has failed without saying whether it was done. What is undone is what was begun last, first.
   * It must do no harm to a step that took no effect, or was undone before.
   */
  readonly compensate?: (undo: Undo<Result>) => unknown
}

export interface CallStepOptions<Result> extends StepOptions<Result> {
  /** The name of the step. Default: that of the operation, which can stand for one step of a run. */
  readonly as?: string
}

/**
 * What the handler of a run of steps gets. It may be run again from the top, on another instance: steps that were done then answer from memory, so whatever the handler
 * decides by, it has from its input, from steps and calls, from `now` and from `uuid`.
 */
export interface StepsContext<Err extends ErrorDeclaration = never> extends Pick<
  Context<unknown, Err>,
  'fail' | 'principal' | 'signal' | 'remaining'
> {
  /**
   * Does something outside of the database, at least once, with a key by which it can be done once; what it returns is remembered under its name. What it
   * returns is data: no functions, no instances of classes. A declared error (`fail`) says that it took no effect, and is remembered, too.
   *
   * ```ts
   * const charge = await step('charge', ({ key, signal }) => provider.charge({ key, amount }, signal), {
   *   compensate: ({ stepKey, key }) => provider.refund({ charge: stepKey, key }),
   * })
   * ```
   *
   * @throws FUL-3203 when it has failed for good.
   */
  readonly step: <Result>(
    name: string,
    work: (step: Step) => Result | Promise<Result>,
    options?: StepOptions<Result>,
  ) => Promise<Result>
  /**
   * Calls a query or a command, as a step. A command is a transaction of its own, which remembers its answer with its effects: it happens once.
   *
   * @throws the declared errors of what is called; FUL-3203 when it has failed for good.
   */
  readonly call: <In, Out>(
    operation: Callable<In, Out>,
    ...args: CallArguments<In, [options?: CallStepOptions<Out>]>
  ) => Promise<Out>
  /** When the run began; the same however often the handler is run. */
  readonly now: () => Date
  /** A random UUID; the n-th of a run is always the same. */
  readonly uuid: () => string
}
