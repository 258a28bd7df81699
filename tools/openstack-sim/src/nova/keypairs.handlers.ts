import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type {
  KeypairCreateRequestWire,
  KeypairListWire,
  KeypairResponseWire,
  KeypairWire,
} from '@ultron/openstack/compute/keypairs.wire';
import { bodyMember } from '../http/body.js';
import { type Call, type Reply, empty, param, reply, tokenOf } from '../http/call.js';
import { takePage } from '../http/paging.js';
import { zonelessTime } from '../http/times.js';
import type { KeypairRow } from './compute.store.js';
import { badRequest, conflict, isAdmin, notFound } from './nova.errors.js';

/** `GET /os-keypairs`, by name; paged from 2.35 on. */
export function listKeypairs(call: Call): Reply {
  const user = userOf(call, call.query.get('user_id'));
  const rows = [...call.cluster.compute.keypairs.values()]
    .filter((row) => row.userId === user)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const marker = call.microversion >= 35 ? call.query.get('marker') : null;
  const start = marker === null ? 0 : rows.findIndex((row) => row.name === marker) + 1;
  const limit = call.microversion >= 35 ? Number(call.query.get('limit') ?? 1000) : Infinity;
  const page = takePage(rows.slice(start), limit, () => true);
  const last = page.items.at(-1);
  return reply<KeypairListWire>(200, {
    keypairs: page.items.map((row) => ({ keypair: brief(call, row) })),
    ...(page.more && last
      ? {
          keypairs_links: [
            {
              rel: 'next',
              href: `${call.base}/compute/v2.1/os-keypairs?limit=${limit}&marker=${encodeURIComponent(last.name)}`,
            },
          ],
        }
      : {}),
  });
}

/** `GET /os-keypairs/{name}`. */
export function showKeypair(call: Call): Reply {
  const row = find(call);
  const keypair: KeypairWire = {
    ...brief(call, row),
    user_id: row.userId,
    id: row.number,
    created_at: zonelessTime(row.createdAt),
    updated_at: null,
    deleted: false,
    deleted_at: null,
  };
  return reply<KeypairResponseWire>(200, { keypair });
}

/** `POST /os-keypairs`: 200 below 2.2, 201 from then on; from 2.92 on a public key must be given. */
export function createKeypair(call: Call): Reply {
  const given = bodyMember(call, 'keypair') as unknown as KeypairCreateRequestWire['keypair'];
  const { keypairs } = call.cluster.compute;
  checkMembers(call, given);
  const userId = userOf(call, given.user_id ?? null);
  if (keypairs.get(`${userId}.${given.name}`)) throw conflict(`Key pair '${given.name}' already exists.`);
  const made = given.public_key === undefined ? generate() : { publicKey: given.public_key };
  const row: KeypairRow = {
    id: `${userId}.${given.name}`,
    userId,
    name: given.name,
    type: given.type ?? 'ssh',
    publicKey: made.publicKey,
    fingerprint: fingerprintOf(made.publicKey),
    number: keypairs.size + 1,
    createdAt: call.cluster.clock.now(),
  };
  keypairs.add(row);
  const secret = 'privateKey' in made ? { private_key: made.privateKey } : {};
  return reply<KeypairResponseWire>(call.microversion >= 2 ? 201 : 200, {
    keypair: { ...brief(call, row), user_id: userId, ...secret },
  });
}

/** `DELETE /os-keypairs/{name}`: 202 below 2.2, 204 from then on. */
export function deleteKeypair(call: Call): Reply {
  call.cluster.compute.keypairs.remove(find(call));
  return empty(call.microversion >= 2 ? 204 : 202);
}

function checkMembers(call: Call, given: KeypairCreateRequestWire['keypair']): void {
  if (typeof given.name !== 'string' || given.name === '' || given.name.length > 255)
    throw badRequest(`Invalid input for field/attribute name. Value: ${String(given.name)}.`);
  if (given.type !== undefined && call.microversion < 2)
    throw badRequest("Additional properties are not allowed ('type' was unexpected)");
  if (given.user_id !== undefined && call.microversion < 10)
    throw badRequest("Additional properties are not allowed ('user_id' was unexpected)");
  if (given.public_key === undefined && call.microversion >= 92)
    throw badRequest("Invalid input for field/attribute keypair. 'public_key' is a required property");
  if (
    given.public_key !== undefined &&
    given.type !== 'x509' &&
    !/^(ssh|ecdsa|sk)-\S+ \S+/.test(given.public_key.trim())
  ) {
    throw badRequest('Keypair data is invalid: failed to generate fingerprint');
  }
}

function find(call: Call): KeypairRow {
  const row = call.cluster.compute.keypairs.get(
    `${userOf(call, call.query.get('user_id'))}.${param(call, 'name')}`,
  );
  if (!row) throw notFound(`Keypair ${param(call, 'name')} not found for user ${tokenOf(call).user.id}`);
  return row;
}

/** The caller; administrators may name another from 2.10 on. */
function userOf(call: Call, asked: string | null): string {
  return asked !== null && call.microversion >= 10 && isAdmin(call) ? asked : tokenOf(call).user.id;
}

function brief(call: Call, row: KeypairRow) {
  return {
    name: row.name,
    public_key: row.publicKey,
    fingerprint: row.fingerprint,
    ...(call.microversion >= 2 ? { type: row.type } : {}),
  };
}

function fingerprintOf(publicKey: string): string {
  const data = Buffer.from(publicKey.trim().split(/\s+/)[1] ?? publicKey, 'base64');
  return (createHash('md5').update(data).digest('hex').match(/../g) ?? []).join(':');
}

/** A real key, in the forms in which Nova gives it out. */
function generate(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' });
  const parts = ['ssh-rsa', mpint(jwk.e), mpint(jwk.n)].map((part) =>
    typeof part === 'string' ? Buffer.from(part) : part,
  );
  const blob = Buffer.concat(parts.flatMap((part) => [length(part), part]));
  return {
    publicKey: `ssh-rsa ${blob.toString('base64')} Generated-by-Nova-${randomBytes(2).toString('hex')}`,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

/** A number as SSH writes it (RFC 4251): a leading zero byte keeps it positive. */
function mpint(base64url: string | undefined): Buffer {
  const bytes = Buffer.from(base64url ?? '', 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

function length(part: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(part.length);
  return header;
}
