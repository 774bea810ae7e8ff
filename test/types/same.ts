// The two sides are deferred conditional types, which the compiler only takes for each other when they are the same.
type Probe<A> = <T>() => T extends A ? 1 : 2

/** Compiles only where both types are the same, in both directions. The files that use it are compiled, never run. */
export function same<A, B>(...differ: Probe<A> extends Probe<B> ? [] : [expected: A, found: B]): void {
  void differ
}
