/** What a token may do: an admin everything, a member all within its project, a reader only look at its project. */
export type Role = 'admin' | 'member' | 'reader';
export const ROLES: readonly Role[] = ['admin', 'member', 'reader'];

/** Who makes a request: the bearer of a token. Services get it as a parameter. */
export interface Caller {
  readonly tokenId: string;
  readonly role: Role;
  /** `null` for an admin, who belongs to no project and sees all of them. */
  readonly projectId: string | null;
}
