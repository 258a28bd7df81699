import type { Type } from '@nestjs/common';
import type { Domain } from './domain.names.js';

/**
 * The module with the controllers of each domain: `<domain>/<domain>.api.module.ts` exports `<Domain>ApiModule`.
 */
export const DOMAIN_MODULES: Readonly<Partial<Record<Domain, Type>>> = {};
