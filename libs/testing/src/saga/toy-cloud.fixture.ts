import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Database } from '@ultron/platform/database/database.service';
import { done, saga, waitFor, type Saga } from '@ultron/tasks/saga/saga';

/** A cloud in memory: things with an owner's mark, and no idempotency key. */
export class ToyCloud {
  readonly ports = new Map<string, { owner: string }>();
  readonly servers = new Map<string, { owner: string; port: string; status: 'BUILD' | 'ACTIVE' }>();

  createPort(owner: string): string {
    const id = newId();
    this.ports.set(id, { owner });
    return id;
  }
  createServer(owner: string, port: string): string {
    const id = newId();
    this.servers.set(id, { owner, port, status: 'BUILD' });
    return id;
  }
  findPort(owner: string): string | undefined {
    return [...this.ports].find(([, port]) => port.owner === owner)?.[0];
  }
  findServer(owner: string): string | undefined {
    return [...this.servers].find(([, server]) => server.owner === owner)?.[0];
  }
}

export interface ToyDeps {
  cloud: ToyCloud;
  database: Database;
}
interface ToyInput {
  owner: string;
}

/** What a careless author may have got wrong. */
export type Bug =
  | 'none'
  /** Creates without looking whether an earlier try did. */
  | 'blind_create'
  /** Undoes only what it has an id of. */
  | 'trusting_undo'
  /** Writes its row past the fence. */
  | 'unfenced_write'
  /** Its undo fails when there is nothing left to undo. */
  | 'undo_not_repeatable';

export function toySaga(bug: Bug): Saga<ToyDeps> {
  return saga<ToyDeps, ToyInput>('toy.create', 'toy')
    .step('port', {
      do: async ({ deps: { cloud }, input, inDoubt }) => {
        const found = inDoubt && bug !== 'blind_create' ? cloud.findPort(input.owner) : undefined;
        return done({ id: found ?? cloud.createPort(input.owner) });
      },
      undo: async ({ deps: { cloud }, input, output }) => {
        const id = output?.id ?? (bug === 'trusting_undo' ? undefined : cloud.findPort(input.owner));
        if (id && !cloud.ports.delete(id) && bug === 'undo_not_repeatable') throw goneAlready();
        return done(undefined);
      },
    })
    .step('server', {
      do: async ({ deps: { cloud }, input, outputs, inDoubt, tries, taskId }) => {
        const made = tries > 0 || inDoubt ? cloud.findServer(input.owner) : undefined;
        const id = made ?? cloud.createServer(input.owner, outputs.port.id);
        if (cloud.servers.get(id)?.status === 'ACTIVE') return done({ id });
        const until = { status: 'ACTIVE' };
        const wait = { clusterId: taskId, resource: 'server', key: id, until, timeoutMs: 60_000, what: 'it' };
        return waitFor({ on: 'observation', ...wait });
      },
      undo: async ({ deps: { cloud }, input }) => {
        const id = cloud.findServer(input.owner);
        if (id) cloud.servers.delete(id);
        return done(undefined);
      },
    })
    .step('row', {
      do: async ({ deps: { database }, input, outputs }) => {
        const insert = 'INSERT INTO toy_row (owner, server_id) VALUES (?, ?)';
        if (bug === 'unfenced_write') await change(database.read, insert, [input.owner, outputs.server.id]);
        return done(null, async (tx) => {
          if (bug !== 'unfenced_write') await change(tx, insert, [input.owner, outputs.server.id]);
        });
      },
      undo: async ({ input }) =>
        done(
          undefined,
          async (tx) => void (await change(tx, 'DELETE FROM toy_row WHERE owner = ?', [input.owner])),
        ),
    })
    .ends();
}

export async function toyRows(database: Database, owner: string): Promise<{ server_id: string }[]> {
  return select(database.read, 'SELECT server_id FROM toy_row WHERE owner = ?', [owner]);
}

function goneAlready(): Fault {
  return new Fault({ code: 'gone', category: 'not_found', detail: 'It is gone already.' });
}
