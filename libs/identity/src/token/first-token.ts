import { Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { TokenRepository } from './token.repository.js';
import { hashToken, newTokenSecret } from './token.secret.js';

// Fixed ids, so that of several processes that start at once only one makes the token.
const MADE_ID = '00000000-0000-7000-8000-00000000000a';
const GIVEN_ID = '00000000-0000-7000-8000-00000000000b';

const SHORTEST_GIVEN = 32;

/** The token with which everything begins. */
@Injectable()
export class FirstToken {
  constructor(
    private readonly database: Database,
    private readonly tokens: TokenRepository,
  ) {}

  /**
   * Makes an admin token if there never was one; only the call that made it gets the secret. A token that the operator
   * gives is taken instead, at every start, so that it can be changed by its configuration.
   */
  async ensure(given: string | undefined): Promise<string | undefined> {
    if (given !== undefined) {
      await this.take(given);
      return undefined;
    }
    const { secret, hint, hash } = newTokenSecret();
    const made = await this.tokens.insertOnce(this.database.read, {
      id: MADE_ID,
      projectId: null,
      role: 'admin',
      name: 'first admin',
      hint,
      hash,
      expiresAt: null,
    });
    return made ? secret : undefined;
  }

  private async take(given: string): Promise<void> {
    if (given.length < SHORTEST_GIVEN) {
      throw new Error(`ULTRON_ADMIN_TOKEN must have at least ${SHORTEST_GIVEN} characters`);
    }
    await this.tokens.insertOrReplaceHash(this.database.read, {
      id: GIVEN_ID,
      projectId: null,
      role: 'admin',
      name: 'configured admin',
      hint: 'configured',
      hash: hashToken(given),
      expiresAt: null,
    });
  }
}
