/** Names of the toolkit's own load profiles: a service's scripts for them bear the same, and its own profiles others. */
export const profileNames = ['smoke', 'peak', 'spike', 'soak', 'publish', 'breakpoint'] as const;
export type ProfileName = (typeof profileNames)[number];
