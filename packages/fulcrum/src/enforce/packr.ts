import { Packr } from 'msgpackr'

/** MessagePack: as fast as JSON in V8, and it keeps dates, maps, sets and big integers apart from texts. */
export const packr: Packr = new Packr({ moreTypes: true })
