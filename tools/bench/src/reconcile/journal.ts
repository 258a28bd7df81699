import type { InjectedDrift } from './drifts.js';

/** A request as the simulator's journal has it. */
export interface LoggedWrite {
  cluster: string;
  service: string;
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  status: number | null;
  outcome: string;
}

export interface JournalVerdict {
  /** Requests that changed something, or were to. */
  writes: number;
  /** Those that no drift allows. */
  strange: string[];
  /** The same change made again although the first had been answered. */
  doubled: string[];
}

/** What repairs of a kind may ask the cluster to change; `ID` is the thing itself, `ALONG` what goes with it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  differs: ['PUT /v2.1/servers/ID', 'PUT /v2.1/servers/ID/metadata'],
  missing: ['DELETE /v2.0/ports/ALONG'],
  duplicate: ['DELETE /v2.1/servers/ID'],
  stale: ['DELETE /v2.1/servers/ID'],
  leaked_port: ['DELETE /v2.0/ports/ID'],
  security_group_differs: ['PUT /v2.0/ports/ID'],
  address_pool_edited: ['PUT /v2.0/subnets/ID'],
};

/** Compares what Ultron had changed in the clusters with what the drifts allow, each thing once. */
export function judgeJournal(
  journal: readonly LoggedWrite[],
  drifts: readonly InjectedDrift[],
  own: ReadonlySet<string>,
): JournalVerdict {
  const allowed = new Set(drifts.flatMap(allowedBy));
  const verdict: JournalVerdict = { writes: 0, strange: [], doubled: [] };
  const answered = new Set<string>();
  for (const one of journal) {
    if (one.service === 'identity' || own.has(String(one.headers['x-openstack-request-id']))) continue;
    verdict.writes++;
    const what = `${one.cluster} ${one.method} ${one.url.split('?')[0]}`;
    if (!allowed.has(what)) verdict.strange.push(`${what} ${one.status}`);
    // Who did not hear the answer has to ask again.
    if (one.outcome !== 'answered' || one.status === null || one.status >= 300) continue;
    if (answered.has(what)) verdict.doubled.push(what);
    answered.add(what);
  }
  return verdict;
}

function allowedBy({ kind, cluster, openstackId, goesAlong }: InjectedDrift): string[] {
  return (ALLOWED[kind] ?? []).flatMap((what) =>
    what.endsWith('ALONG')
      ? goesAlong.map((id) => `${cluster} ${what.replace('ALONG', id)}`)
      : [`${cluster} ${what.replace('ID', openstackId)}`],
  );
}
