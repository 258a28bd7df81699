import type { ApiError, Call, Reply, ServiceType } from './call.js';

/** What an error's body tells of the call. */
export type ErrorContext = Pick<Call, 'requestId' | 'microversion' | 'cluster' | 'headers'>;

/** Dresses an error as its service does. */
export function errorReply(service: ServiceType, error: ApiError, call: ErrorContext): Reply {
  return { status: error.status, headers: error.headers, body: BODIES[service](error, call) };
}

type Body = (error: ApiError, call: ErrorContext) => unknown;

const BODIES: Record<ServiceType, Body> = {
  identity: keystone,
  compute: nova,
  network: neutron,
  image: glance,
  placement,
};

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  406: 'Not Acceptable',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

const title = (status: number): string => TITLES[status] ?? 'Error';

function keystone(error: ApiError): unknown {
  return { error: { code: error.status, title: title(error.status), message: error.message } };
}

/** `Fault._fault_names` of `nova/api/openstack/wsgi.py`. */
const FAULTS: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

function nova(error: ApiError): unknown {
  if (error.status === 401) return keystone(error);
  const retryAfter = error.headers['Retry-After'];
  return {
    [FAULTS[error.status] ?? 'computeFault']: {
      code: error.status,
      message: error.message,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
  };
}

function neutron(error: ApiError): unknown {
  if (error.status === 401) return keystone(error);
  return { NeutronError: { type: error.type || 'HTTPError', message: error.message, detail: '' } };
}

/** JSON for those who ask for it, else a page (`webob`). */
function glance(error: ApiError, call: ErrorContext): unknown {
  const head = `${error.status} ${title(error.status)}`;
  const message = `${error.message}<br /><br />\n\n\n`;
  if (call.headers.accept?.includes('json')) return { message, code: head, title: title(error.status) };
  return `<html>\n <head>\n  <title>${head}</title>\n </head>\n <body>\n  <h1>${head}</h1>\n  ${message} </body>\n</html>`;
}

function placement(error: ApiError, call: ErrorContext): unknown {
  if (error.status === 401) return keystone(error);
  return {
    errors: [
      {
        status: error.status,
        title: title(error.status),
        detail: `The server could not comply with the request.\n\n ${error.message}  `,
        request_id: call.requestId,
        ...(error.status === 406
          ? { max_version: `1.${call.cluster.profile.placementMax}`, min_version: '1.0' }
          : {}),
        ...(call.microversion >= 23 ? { code: error.type || 'placement.undefined_code' } : {}),
      },
    ],
  };
}
