import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { unknownName } from '../offer/known-names.rules.js';
import type { Offer } from '../offer/offer.js';
import { networksProblems, type NicRequest, type ResolvedNic } from '../server-nic/nic-request.rules.js';
import type { ServerPlacement } from './server.entity.js';
import { nameTemplateProblems } from './server-name.rules.js';
import type { NeededFlavor, NeededResource } from '@ultron/cluster/scheduler/placement';

/** What the caller asks for: names are still names. */
export interface ServerRequest {
  count: number;
  /** So many must fit, and succeed, or the whole is refused; all of them when it is not given. */
  minCount?: number | undefined;
  /** A name, or a template with `{index}`. */
  name: string;
  flavor: string;
  image: string;
  /** The short form of one logical network; either this or `networks`. */
  network?: string | undefined;
  networks?: NicRequest[] | undefined;
  /** They may be ended for others: they leave the last addresses of a cluster alone. */
  preemptible?: boolean | undefined;
  securityGroups?: string[] | undefined;
  keyPair?: string | undefined;
  /** Base64. */
  userData?: string | undefined;
  metadata?: Record<string, string> | undefined;
  placement?: ServerPlacement | undefined;
}

/** The same, with everything found. */
export interface ResolvedRequest {
  flavor: NeededFlavor;
  image: NeededResource;
  nics: ResolvedNic[];
  securityGroups: NeededResource[];
}

/** As Nova (`nova/api/openstack/compute/schemas/servers.py`), counted in the base64 text. */
export const MAX_USER_DATA = 65535;
export const MAX_METADATA = 64;
const MAX_METADATA_LENGTH = 255;
/** Nova's own keys, and ours: the mark by which a server is found again. */
const RESERVED_KEY = /^(ultron|os)[_:.-]/i;

/** All that is wrong with a request apart from the names it uses. */
export function requestProblems(request: ServerRequest): FieldFault[] {
  const { count, minCount } = request;
  const fields = nameTemplateProblems(request.name, count).map((detail) => ({ pointer: '/name', detail }));
  if (minCount !== undefined && minCount > count) {
    fields.push({ pointer: '/min_count', detail: `must not be above count (${count})` });
  }
  return [
    ...fields,
    ...networksProblems(request),
    ...userDataProblems(request.userData),
    ...metadataProblems(request.metadata ?? {}),
  ];
}

/** What is wrong with a new name of one server: it is no template here. */
export function renameProblems(name: string | undefined): FieldFault[] {
  if (name === undefined) return [];
  const problems = name.includes('{')
    ? ['a server that exists has a plain name']
    : nameTemplateProblems(name, 1);
  return problems.map((detail) => ({ pointer: '/name', detail }));
}

export function metadataProblems(metadata: Record<string, string>): FieldFault[] {
  const keys = Object.keys(metadata);
  const fields: FieldFault[] = [];
  if (keys.length > MAX_METADATA) {
    fields.push({ pointer: '/metadata', detail: `at most ${MAX_METADATA} entries, not ${keys.length}` });
  }
  for (const [key, value] of Object.entries(metadata)) {
    const pointer = `/metadata/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!/^[a-zA-Z0-9-_:. ]{1,255}$/.test(key)) {
      fields.push({ pointer, detail: 'a key has 1 to 255 letters, digits, spaces or - _ : .' });
    }
    if (RESERVED_KEY.test(key))
      fields.push({ pointer, detail: 'keys that begin with "ultron" or "os" are reserved' });
    if (value.length > MAX_METADATA_LENGTH) {
      fields.push({
        pointer,
        detail: `a value has at most ${MAX_METADATA_LENGTH} characters, not ${value.length}`,
      });
    }
  }
  return fields;
}

function userDataProblems(userData: string | undefined): FieldFault[] {
  if (userData === undefined) return [];
  if (userData.length > MAX_USER_DATA) {
    return [{ pointer: '/user_data', detail: `at most ${MAX_USER_DATA} characters, not ${userData.length}` }];
  }
  const valid = userData.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(userData);
  return valid ? [] : [{ pointer: '/user_data', detail: 'must be base64 (RFC 4648, section 4) in one line' }];
}

/** Finds what the request names but for its networks, or says for each name that nobody knows which ones there are. */
export function resolve(request: ServerRequest, offer: Offer): Omit<ResolvedRequest, 'nics'> | FieldFault[] {
  const fields: FieldFault[] = [];
  const look = <Thing extends { id: string; name: string }>(
    noun: string,
    pointer: string,
    wanted: string,
    known: { find(nameOrId: string): Thing | null; names(): string[] },
  ): Thing | null => {
    const found = known.find(wanted);
    if (!found) fields.push({ pointer, detail: unknownName(noun, wanted, known.names()) });
    return found;
  };
  const flavor = look('flavor', '/flavor', request.flavor, offer.flavors);
  const image = look('image', '/image', request.image, offer.images);
  const securityGroups = (request.securityGroups ?? []).flatMap(
    (name, i) => look('security group', `/security_groups/${i}`, name, offer.securityGroups) ?? [],
  );
  if (fields.length || !flavor || !image) return fields;
  return { flavor, image, securityGroups };
}

/** The fault of a request that is well-formed but wrong, with every bad field at once. */
export function invalidRequest(fields: FieldFault[]): Fault {
  return new Fault({
    code: 'invalid_body',
    category: 'invalid',
    detail: fields.length === 1 ? (fields[0]?.detail ?? '') : `${fields.length} fields are wrong.`,
    fields,
  });
}
