import type { Deadline } from '../kernel/deadline.ts'

/** Secrets that all instances on one store share, and nobody has to configure. */
export interface Secrets {
  /** The secret of that name, 32 random bytes: made by whoever asks first, and the same for everybody from then on. */
  shared(name: string, deadline: Deadline): Promise<Uint8Array>
}
