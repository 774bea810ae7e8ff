/**
 * What is left of a value after JSON has carried it: a `Date` arrives as its ISO text, what has a `toJSON` as what that returns, functions not at
 * all. Plain data is what it was.
 */
export type Wire<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined | void
    ? T
    : T extends { toJSON(): infer Json }
      ? Wire<Json>
      : T extends bigint | symbol | ((...args: never[]) => unknown)
        ? never
        : T extends object
          ? { [Key in keyof T]: Wire<T[Key]> }
          : T
