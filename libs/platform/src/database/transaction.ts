import type { EntityManager } from 'typeorm';

/** An open transaction. It is always a parameter, never ambient. */
export type Transaction = EntityManager;
