import { Fault } from '@ultron/kernel/fault';
import type { Caller } from './caller.js';

/** The project that exists from the beginning, and the one an admin means who names none. */
export const DEFAULT_PROJECT_ID = '00000000-0000-7000-8000-000000000001';

const noSuchProject = (): Fault =>
  new Fault({ code: 'project_not_found', category: 'not_found', detail: 'There is no such project.' });

/**
 * The project in which something new is made. An admin may name any project and means the default one otherwise;
 * for anybody else the existence of other projects stays hidden.
 */
export function projectToWriteIn(caller: Caller, asked?: string): string {
  if (caller.role === 'admin') return asked ?? DEFAULT_PROJECT_ID;
  if (caller.projectId === null || (asked !== undefined && asked !== caller.projectId)) throw noSuchProject();
  return caller.projectId;
}

/** The project whose things the caller may list; `undefined` means all projects, for an admin who names none. */
export function projectToReadIn(caller: Caller, asked?: string): string | undefined {
  if (caller.role === 'admin') return asked;
  return projectToWriteIn(caller, asked);
}

/** Whether the caller may see what belongs to the project (`null`: to the platform itself). */
export function maySee(caller: Caller, projectId: string | null): boolean {
  return caller.role === 'admin' || (projectId !== null && caller.projectId === projectId);
}
