/** The kinds and inputs of the tasks about flavors. */
export const FLAVOR_TASK = {
  create: 'flavor.create',
  /** The parent of the creations in all clusters. */
  createMany: 'flavor.create_many',
} as const;

export interface FlavorCreateInput {
  flavor_id: string;
  cluster_id: string;
}
