/** What a project can take over. */
export const ADOPTABLE = ['server', 'port', 'network'] as const;
export type Adoptable = (typeof ADOPTABLE)[number];

export const isAdoptable = (kind: string): kind is Adoptable => ADOPTABLE.some((one) => one === kind);
