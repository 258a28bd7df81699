import { Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Caller } from '../caller/caller.js';
import { TokenRepository } from './token.repository.js';
import type { TokenRow } from './token.row.js';
import { hashToken } from './token.secret.js';

/** A revoked token still works for so long on a process that has seen it. */
const KEEP_MS = 3_000;
/** Random guesses fill the memory no further than this. */
const MOST_KEPT = 10_000;
const NOTE_USE_EVERY_MS = 60_000;
/** A lookup takes a millisecond; a database that needs so long for it is as good as away. */
const PATIENCE_MS = 2_500;

interface Known {
  caller: Promise<Caller | undefined>;
  until: number;
}

/** Tells who the bearer of a token is; asks the database at most once per token and few seconds. */
@Injectable()
export class TokenAuthenticator {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly database: Database,
    private readonly tokens: TokenRepository,
  ) {}

  /** Undefined for a token that is unknown, revoked or expired. */
  authenticate(secret: string): Promise<Caller | undefined> {
    const hash = hashToken(secret);
    const known = this.known.get(hash);
    if (known && known.until > Date.now()) return known.caller;
    const caller = this.look(hash);
    this.keep(hash, caller);
    return caller;
  }

  private keep(hash: string, caller: Known['caller']): void {
    this.known.delete(hash);
    this.known.set(hash, { caller, until: Date.now() + KEEP_MS });
    // A database that did not answer says nothing about the token.
    caller.catch(() => this.known.delete(hash));
    const oldest = this.known.keys().next();
    if (this.known.size > MOST_KEPT && !oldest.done) this.known.delete(oldest.value);
  }

  private async look(hash: string): Promise<Caller | undefined> {
    const token = await inTime(this.tokens.findValid(this.database.read, hash));
    if (!token) return undefined;
    this.noteUse(token);
    return { tokenId: token.id, role: token.role, projectId: token.project_id };
  }

  private noteUse(token: TokenRow): void {
    if (token.last_used_at && Date.now() - token.last_used_at.getTime() < NOTE_USE_EVERY_MS) return;
    // Nobody waits for it, and nothing is lost if it fails.
    this.tokens.markUsed(this.database.read, token.id).catch(() => undefined);
  }
}

/** A database that hangs must not make every request hang with it. */
function inTime<T>(lookup: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(databaseHangs()), PATIENCE_MS);
  });
  return Promise.race([lookup, late]).finally(() => clearTimeout(timer));
}

const databaseHangs = (): Fault =>
  new Fault({
    code: 'database_unavailable',
    category: 'unavailable',
    detail: 'The database does not answer in time. Nothing was changed; send the request again.',
    retryAfterMs: 2_000,
    whoCanFix: 'operator',
  });
