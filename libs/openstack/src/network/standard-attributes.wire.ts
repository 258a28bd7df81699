/** What every Neutron resource shows when the `standard-attr-*` extensions are there. */
export interface StandardAttributesWire {
  description?: string | null;
  created_at?: string;
  updated_at?: string;
  revision_number?: number;
  tags?: string[];
}
