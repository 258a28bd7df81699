import { identityEntities } from '@ultron/identity/identity.entities';
import type { EntityClass } from '@ultron/platform/database/open-database';

/** The entities of all libraries. */
export const entities: readonly EntityClass[] = [...identityEntities];
