import { Registry } from 'prom-client';

/** The metrics of this process; `/metrics` shows them. A part registers its own beside the code that counts. */
export const metrics = new Registry();
