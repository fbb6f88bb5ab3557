/**
 * The value of the dimension `System`. It carries the stage: two stages of one account publish to the same
 * namespace, and their systems have the same names. Apart from `names.ts`, whose imports no function of a system needs.
 */
export const systemDimension = (stage: string, system: string): string => `${stage}-${system}`;

/** Stands in a system's place where something is about the whole stage; no system may be called so. */
export const wholeFleet = 'fleet';
