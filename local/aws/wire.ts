/**
 * A value on the wire: plain ones, Date for points in time, and Map for a map whose keys are data and not members;
 * each protocol writes those its way.
 */
export type Wire =
  | string
  | number
  | boolean
  | Date
  | null
  | undefined
  | readonly Wire[]
  | ReadonlyMap<string, Wire>
  | { readonly [member: string]: Wire };

/** What an action answers with. */
export type WireDocument = { readonly [member: string]: Wire };
