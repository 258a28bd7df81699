import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ServerRepository } from '../server/server.repository.js';
import type { KeyPair } from './key-pair.entity.js';
import { KeyPairRepository, type KeyPairFilter, type KeyPairSort } from './key-pair.repository.js';
import type { Page } from '@ultron/platform/paging/page';
import { readPublicKey } from './public-key.rules.js';

/** Public keys of projects. A cluster gets one with the first server that needs it, so there is no task here. */
@Injectable()
export class KeyPairService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(KeyPairRepository) private readonly keyPairs: KeyPairRepository,
    @Inject(ServerRepository) private readonly servers: ServerRepository,
  ) {}

  /** @throws Fault `invalid_body`, `key_pair_name_taken`. */
  async create(tx: Transaction, projectId: string, name: string, publicKey: string): Promise<KeyPair> {
    const key = readPublicKey(publicKey);
    if (!key) throw noKey();
    if (await this.keyPairs.find(tx, { projectId }, name)) throw taken(name);
    const keyPair = {
      id: newId(),
      projectId,
      name,
      ...key,
      publicKey: publicKey.trim(),
      createdAt: new Date(),
    };
    await this.keyPairs.insert(tx, keyPair);
    return keyPair;
  }

  async list(filter: KeyPairFilter, page: Page<KeyPairSort>): Promise<KeyPair[]> {
    return this.keyPairs.list(this.database.read, filter, page);
  }

  /** @throws Fault `key_pair_not_found`, also for another project's. */
  async get(filter: KeyPairFilter, nameOrId: string): Promise<KeyPair> {
    return this.found(await this.keyPairs.find(this.database.read, filter, nameOrId), nameOrId);
  }

  /** Takes it out of Ultron; servers that were made with it keep the key. @throws Fault as `get`, `key_pair_in_use`. */
  async delete(tx: Transaction, filter: KeyPairFilter, nameOrId: string): Promise<void> {
    const keyPair = this.found(await this.keyPairs.find(tx, filter, nameOrId), nameOrId);
    if (await this.servers.usesKeyPair(tx, keyPair.id)) throw inUse(keyPair.name);
    await this.keyPairs.delete(tx, keyPair.id);
  }

  private found(keyPair: KeyPair | null, nameOrId: string): KeyPair {
    if (keyPair) return keyPair;
    throw new Fault({
      code: 'key_pair_not_found',
      category: 'not_found',
      detail: `There is no key pair ${nameOrId}.`,
    });
  }
}

const noKey = () =>
  new Fault({
    code: 'invalid_body',
    category: 'invalid',
    detail: 'The public key is not one.',
    fields: [
      { pointer: '/public_key', detail: 'must be one line as in an OpenSSH .pub file: "ssh-ed25519 AAAA…"' },
    ],
  });

const taken = (name: string) =>
  new Fault({
    code: 'key_pair_name_taken',
    category: 'conflict',
    detail: `The project has a key pair '${name}' already; choose another name.`,
    fields: [{ pointer: '/name', detail: 'is taken' }],
  });

const inUse = (name: string) =>
  new Fault({
    code: 'key_pair_in_use',
    category: 'conflict',
    detail: `Servers that are not deleted name the key pair '${name}'.`,
  });
