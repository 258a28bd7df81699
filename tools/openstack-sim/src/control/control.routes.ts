import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord } from '../http/body.js';
import { readBody, send } from '../http/wire.js';
import { fillCluster } from '../cluster/cluster.fill.js';
import type { Control, NewFault } from './control.js';
import { meddlingsOf } from './meddlers.js';

interface Asked {
  control: Control;
  name: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

type Route = (asked: Asked) => unknown;

const ROUTES: Record<string, Route> = {
  'GET /_sim': ({ control }) => ({ clusters: control.clusterNames(), faults: control.faults().length }),
  'GET /_sim/clusters': ({ control }) => control.clusterNames(),
  'GET /_sim/clusters/:name': ({ control, name }) => control.state(name),
  'PATCH /_sim/clusters/:name': ({ control, name, body }) => control.configure(name, body),
  'PATCH /_sim/clusters/:name/hosts': ({ control, name, body }) => control.setHosts(name, body),
  'POST /_sim/clusters/:name/revoke-tokens': ({ control, name }) => control.revokeTokens(name),
  'POST /_sim/clusters/:name/reachable': ({ control, name, body }) =>
    control.setReachable(name, body['reachable'] !== false),
  'POST /_sim/clusters/:name/fill': ({ control, name, body }) =>
    fillCluster(
      control.cluster(name),
      Number(body['count'] ?? 0),
      Number(body['ports_each'] ?? 1),
      Number(body['age_seconds'] ?? 0) * 1_000,
    ),
  'POST /_sim/clusters/:name/resize': ({ control, name, body }) =>
    control.resize(name, String(body['server']), String(body['flavor'])),
  'GET /_sim/clusters/:name/meddle': ({ control, name }) => control.meddled(name),
  'POST /_sim/clusters/:name/meddle': meddleRoute,
  'GET /_sim/faults': ({ control }) => control.faults(),
  // The rule is read by `parseRule`, which refuses what it does not understand.
  'POST /_sim/faults': ({ control, body }) => ({ id: control.addFault(body as unknown as NewFault) }),
  'DELETE /_sim/faults': ({ control }) => control.clearFaults(),
  'DELETE /_sim/faults/:name': ({ control, name }) => ({ removed: control.removeFault(name) }),
  'GET /_sim/requests': ({ control, query }) => control.requests(logFilter(query)),
  'DELETE /_sim/requests': ({ control }) => control.clearRequests(),
  'GET /_sim/calls': ({ control, query }) => control.calls(query.get('cluster') ?? undefined),
  'DELETE /_sim/calls': ({ control }) => control.clearCalls(),
  'GET /_sim/unknown-routes': ({ control }) => control.unknownRoutes(),
  'GET /_sim/clock': ({ control }) => clockView(control),
  'POST /_sim/clock/freeze': ({ control }) => (control.clock.freeze(), clockView(control)),
  'POST /_sim/clock/resume': ({ control }) => (control.clock.resume(), clockView(control)),
  'POST /_sim/clock/advance': ({ control, body }) => (
    control.clock.advance(Number(body['ms'] ?? 0)),
    clockView(control)
  ),
};

/** `count` changes at once, or so many `per_second` from now on. */
function meddleRoute({ control, name, body }: Asked): unknown {
  const what = meddlingsOf(body['what']);
  if (body['per_second'] === undefined)
    return control.meddle(name, { what, count: Number(body['count'] ?? 1) });
  return control.meddleOn(name, { what, perSecond: Number(body['per_second']) });
}

/** Serves `/_sim/…`. */
export async function serveControl(
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const [, prefix = '', second = '', third, fourth] = url.pathname.split('/');
  const named = third !== undefined && second !== 'clock' ? ':name' : third;
  const pattern = [`${request.method} /${prefix}`, second, named, fourth].filter(Boolean).join('/');
  const route = ROUTES[pattern];
  const data = await readBody(request);
  if (!route)
    return void send(response, {
      status: 404,
      body: { error: `No ${pattern}`, routes: Object.keys(ROUTES) },
    });
  try {
    const result = await route({
      control,
      name: decodeURIComponent(third ?? ''),
      query: url.searchParams,
      body: parse(data),
    });
    send(response, { status: 200, body: result ?? {} });
  } catch (error) {
    send(response, { status: 400, body: { error: error instanceof Error ? error.message : String(error) } });
  }
}

function parse(data: Buffer): Record<string, unknown> {
  const value: unknown = data.length > 0 ? JSON.parse(data.toString('utf8')) : {};
  if (!isRecord(value)) throw new Error('The body must be a JSON object.');
  return value;
}

function logFilter(query: URLSearchParams) {
  const text = (name: string, as: string) => (query.has(name) ? { [as]: query.get(name) ?? '' } : {});
  return {
    ...text('cluster', 'cluster'),
    ...text('service', 'service'),
    ...text('method', 'method'),
    ...text('path', 'path'),
    ...text('request_id', 'requestId'),
    ...(query.get('writes') === 'true' ? { writes: true } : {}),
    ...(query.has('limit') ? { limit: Number(query.get('limit')) } : {}),
  };
}

function clockView(control: Control) {
  return { now: new Date(control.clock.now()).toISOString(), frozen: control.clock.frozen };
}
