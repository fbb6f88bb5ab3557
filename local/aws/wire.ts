/** A value on the wire: plain ones, and Date for points in time, which each protocol writes its way. */
export type Wire =
  | string
  | number
  | boolean
  | Date
  | null
  | undefined
  | readonly Wire[]
  | { readonly [member: string]: Wire };

/** What an action answers with. */
export type WireDocument = { readonly [member: string]: Wire };
