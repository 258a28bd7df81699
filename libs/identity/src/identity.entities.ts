/** The rows of this library are read and written by SQL alone; there is nothing for TypeORM to map. */
export const identityEntities = [];
