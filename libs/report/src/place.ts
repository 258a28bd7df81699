/** What figures are summed up by. Empty ids: it has none. */
export interface Place {
  cluster_id: string;
  project_id: string;
  flavor_id: string;
}

export const placeOf = (row: Place): string => `${row.cluster_id} ${row.project_id} ${row.flavor_id}`;
