import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import type {
  KeypairCreateRequestWire,
  KeypairListWire,
  KeypairResponseWire,
  KeypairWire,
} from './keypairs.wire.js';

/** 2.2 brings the type, 2.10 the user, 2.35 paging, 2.92 the names with `@` and `.` and the end of key making. */
const KNOWN = '2.92';

type ListedKeypair = KeypairListWire['keypairs'][number]['keypair'];

const PAGE: PageShape<KeypairListWire, ListedKeypair> = {
  items: (page) => page.keypairs.map((entry) => entry.keypair),
  next: (page) => nextOf(page.keypairs_links),
  key: (keypair) => keypair.name,
};

/** `/os-keypairs` of Nova: the key pairs of the user who is logged in. */
export class Keypairs {
  constructor(private readonly api: ServiceApi) {}

  list(call?: CallOptions): Listing<ListedKeypair> {
    return this.api.list({ method: 'GET', path: '/os-keypairs', knows: KNOWN, call }, PAGE);
  }

  find(name: string, call?: CallOptions): Promise<KeypairWire | null> {
    return orNull(this.get(name, call));
  }

  async get(name: string, call?: CallOptions): Promise<KeypairWire> {
    const path = `/os-keypairs/${encodeURIComponent(name)}`;
    return (await this.api.json<KeypairResponseWire>({ method: 'GET', path, knows: KNOWN, call })).keypair;
  }

  /**
   * Imports a public key; the making of keys by Nova (gone since 2.92) is not offered. `userId` makes it for
   * another user (2.10, administrators), a `type` other than ssh needs 2.2.
   */
  async create(
    keypair: { name: string; publicKey: string; type?: 'ssh' | 'x509'; userId?: string },
    call?: CallOptions,
  ): Promise<KeypairWire> {
    const typed = keypair.type !== undefined || (await this.api.has('2.2', call));
    const body: KeypairCreateRequestWire = {
      keypair: {
        name: keypair.name,
        public_key: keypair.publicKey,
        ...(typed ? { type: keypair.type ?? 'ssh' } : {}),
        ...(keypair.userId === undefined ? {} : { user_id: keypair.userId }),
      },
    };
    const needs = keypair.userId !== undefined ? '2.10' : keypair.type !== undefined ? '2.2' : '2.1';
    const answer = await this.api.json<KeypairResponseWire>({
      method: 'POST',
      path: '/os-keypairs',
      body,
      needs,
      knows: KNOWN,
      call,
    });
    return answer.keypair;
  }

  delete(name: string, call?: CallOptions): Promise<boolean> {
    const path = `/os-keypairs/${encodeURIComponent(name)}`;
    return wasThere(this.api.send({ method: 'DELETE', path, knows: KNOWN, call }));
  }
}
