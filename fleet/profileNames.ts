/** Names of the toolkit's own load profiles: a service's scripts for them bear the same, and its own profiles others. */
export const profileNames = ['smoke', 'peak', 'spike', 'soak', 'publish', 'breakpoint'] as const;

/** What folders of other runs are named by: of scripts, and of rehearsals. A service's own profiles bear other names. */
export const otherRuns = { scripts: 'script', rehearsals: 'rehearse' } as const;

export type ProfileName = (typeof profileNames)[number];
