import type { CatalogServiceWire, TokenWire } from '../identity/tokens.wire.js';

/** A login: a token, what it is for and how long it holds. */
export interface Session {
  readonly token: string;
  /** Local time (ms) at which the token ends; the cluster's clock may be wrong, the lifetime it gives is not. */
  readonly expiresAt: number;
  /** Local time (ms) from which a new one is asked for, in the background. */
  readonly renewAt: number;
  readonly catalog: readonly CatalogServiceWire[];
  readonly project: TokenWire['project'];
  readonly user: TokenWire['user'];
  readonly roles: readonly string[];
  /** When the application credential itself ends, if it does. */
  readonly credentialExpiresAt: Date | undefined;
}

const RENEW_AHEAD_MS = 5 * 60_000;

/** When to renew: five minutes ahead, or a fifth of a short lifetime, up to half as much again by chance. */
export function renewalTime(loggedInAt: number, lifetimeMs: number, random: () => number): number {
  const ahead = Math.min(RENEW_AHEAD_MS, lifetimeMs / 5) * (1 + random() / 2);
  return loggedInAt + lifetimeMs - ahead;
}

export function sessionOf(token: string, wire: TokenWire, loggedInAt: number, random: () => number): Session {
  const lifetimeMs = Math.max(0, Date.parse(wire.expires_at) - Date.parse(wire.issued_at));
  const credentialEnd = wire.application_credential?.expires_at;
  return {
    token,
    expiresAt: loggedInAt + lifetimeMs,
    renewAt: renewalTime(loggedInAt, lifetimeMs, random),
    catalog: wire.catalog ?? [],
    project: wire.project,
    user: wire.user,
    roles: (wire.roles ?? []).map((role) => role.name),
    credentialExpiresAt: credentialEnd ? new Date(credentialEnd) : undefined,
  };
}
