import { describe, expect, it } from '@jest/globals';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { changeAtRevision } from './neutron-step.js';

type Deps = Parameters<typeof changeAtRevision>[0];

/** A cluster that can, or cannot, make a change depend on a revision. */
const cluster = (conditional: boolean): Deps => {
  const capabilities = new Set(conditional ? ['revision_if_match'] : []);
  const offer = { clusters: new Map([['c', { capabilities }]]) };
  return { offers: { current: async () => offer } } as unknown as Deps;
};

/** Something that others change before each of our first `races` changes. */
class Contended {
  revision = 1;
  readonly asked: (number | undefined)[] = [];
  constructor(private races: number) {}

  read = async () => ({ revision_number: this.revision });

  write = async (revision: number | undefined) => {
    this.asked.push(revision);
    if (this.races-- > 0) this.revision++;
    if (revision !== undefined && revision !== this.revision) throw stale();
    this.revision++;
    return { revision_number: this.revision };
  };
}

const stale = () =>
  new OpenStackError({
    kind: 'conflict',
    code: 'RevisionNumberConstraintFailed',
    message: 'Constrained to 1, but current revision is 2',
    cluster: 'c',
    service: 'network',
    method: 'PUT',
    path: '/ports/p',
    status: 412,
  });

describe('a change of something that others change too', () => {
  it('is made again upon what was read anew', async () => {
    const port = new Contended(2);
    const changed = await changeAtRevision(cluster(true), 'c', port.read, port.write);
    expect(port.asked).toEqual([1, 2, 3]);
    expect(changed.revision_number).toBe(4);
  });

  it('is put off when others never stop', async () => {
    const port = new Contended(100);
    const change = changeAtRevision(cluster(true), 'c', port.read, port.write);
    await expect(change).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('keeps'),
    });
    expect(port.asked).toHaveLength(6);
  });

  it('depends on nothing where the cluster knows no revisions', async () => {
    const port = new Contended(1);
    await changeAtRevision(cluster(false), 'c', port.read, port.write);
    expect(port.asked).toEqual([undefined]);
  });

  it('fails as it is for any other reason', async () => {
    const refused = new OpenStackError({ ...stale(), kind: 'invalid', code: 'BadRequest', status: 400 });
    const write = () => Promise.reject(refused);
    await expect(changeAtRevision(cluster(true), 'c', new Contended(0).read, write)).rejects.toBe(refused);
  });
});
