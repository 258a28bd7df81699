import type { ServerAction, ServerStatus } from './server.state.js';

/** The kinds and inputs of the tasks about servers: what the services write and the sagas read. */
export const SERVER_TASK = {
  create: 'server.create',
  /** The parent of the creations of one batch. */
  createMany: 'server.create_many',
  delete: 'server.delete',
  start: 'server.start',
  stop: 'server.stop',
  reboot: 'server.reboot',
  update: 'server.update',
} as const;

export const COMPUTE_DOMAIN = 'compute';

export interface ServerCreateInput {
  server_id: string;
  cluster_id: string;
  /** The clusters that had no room, in the order in which they were tried. */
  tried: string[];
}

export interface ServerDeleteInput {
  server_id: string;
  /** Where the server was when its deletion was asked for; its row says where it is. */
  cluster_id: string;
  /** The task that was at work on the server, which was asked to stop. */
  predecessor: string | null;
}

export interface ServerActionInput {
  server_id: string;
  cluster_id: string;
  action: Extract<ServerAction, 'start' | 'stop' | 'reboot_soft' | 'reboot_hard'>;
  /** Where the server goes back to when the action fails. */
  previous_status: ServerStatus;
}

export interface ServerUpdateInput {
  server_id: string;
  cluster_id: string;
  name?: string | undefined;
  metadata?: Record<string, string> | undefined;
  /** As they were before: so they are again when the update fails or is cancelled. Missing where nothing changed. */
  before?: { name: string; metadata: Record<string, string> };
}
