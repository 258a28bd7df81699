/** The parts of Ultron's own answers that the suite looks at. */
export interface ServerBody {
  id: string;
  name: string;
  status: string;
  cluster: { name: string };
  openstack_id: string | null;
  addresses: { ip_address: string }[];
  fault: { detail: string } | null;
}

export interface TaskBody {
  id: string;
  kind: string;
  status: string;
  version: number;
  progress: { done: number; total: number | null; succeeded?: number; failed?: number };
  error: { code: string; detail: string } | null;
  trace_id: string;
}

export interface Accepted {
  servers: ServerBody[];
  task: { id: string };
}

export interface AcceptedOne {
  server: ServerBody;
  task: { id: string };
}

export interface TraceBody {
  requests: { method: string; path: string; status: number }[];
  tasks: { id: string; kind: string }[];
  openstack_calls: {
    service: string;
    method: string;
    path: string;
    status: number | null;
    request_id: string | null;
  }[];
}
