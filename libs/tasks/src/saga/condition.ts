/** What a step waits for, as a value that is stored in the task's row. */
export type Condition = ObservationCondition | TaskCondition | TimeCondition;

/** Met when the watcher of the cluster sees the resource in the wanted state. */
export interface ObservationCondition {
  on: 'observation';
  clusterId: string;
  /** The kind of resource, which names the watcher: `server`, `port`, … */
  resource: string;
  /** The resource's id in OpenStack. */
  key: string;
  /** What the watcher compares with what it sees; its shape belongs to the kind of resource. */
  until: Record<string, unknown>;
  /** After so many milliseconds the step is run again all the same, to decide. */
  timeoutMs: number;
  /** For people: "server web-3 to become ACTIVE in cluster-1". */
  what: string;
}

/** Met when another task has ended, however it ended. */
export interface TaskCondition {
  on: 'task';
  taskId: string;
  timeoutMs: number;
  what: string;
}

/** Met when the time has passed. */
export interface TimeCondition {
  on: 'time';
  afterMs: number;
  what: string;
}
