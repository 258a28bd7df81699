/** The domains of which `ULTRON_DOMAINS` may choose some; tasks, tokens, traces and health are served always. */
export const DOMAINS = ['compute', 'network', 'cluster'] as const;
export type Domain = (typeof DOMAINS)[number];
