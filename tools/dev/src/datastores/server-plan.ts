import type { Launch } from '../process/child.js';

/** How to come by a database or Redis: one that runs elsewhere, or one of our own that is to be started. */
export interface ServerPlan {
  /** Where it comes from, for people: a program's path, an image, the variable that gave the URL. */
  origin: string;
  url: string;
  /** Null: it runs elsewhere and is only used. */
  launch: Launch | null;
  /** What must be done before each start; creates the data folder the first time. */
  prepare(): Promise<void>;
  /** Whether it takes work now. */
  answers(): Promise<boolean>;
}

export interface ServerPlace {
  /** The folder of this one server: data, configuration, socket. */
  folder: string;
  port: number;
  /** For tests: leaves out what only matters when the machine crashes. */
  fast: boolean;
}
