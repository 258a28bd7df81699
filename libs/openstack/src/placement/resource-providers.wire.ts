export interface ResourceProviderWire {
  uuid: string;
  /** The hostname of the hypervisor, for providers made by Nova. */
  name: string;
  generation: number;
  links?: { rel: string; href: string }[];
  /** 1.14 and above. */
  parent_provider_uuid?: string | null;
  root_provider_uuid?: string;
}

/** `GET /resource_providers`; Placement does not page. */
export interface ResourceProviderListWire {
  resource_providers: ResourceProviderWire[];
}

export interface InventoryWire {
  total: number;
  reserved: number;
  min_unit: number;
  max_unit: number;
  step_size: number;
  allocation_ratio: number;
  resource_provider_generation?: number;
}

/** `GET /resource_providers/{uuid}/inventories`, by resource class (`VCPU`, `MEMORY_MB`, `DISK_GB`, …). */
export interface InventoriesResponseWire {
  inventories: Record<string, InventoryWire>;
  resource_provider_generation: number;
}

/** `GET /resource_providers/{uuid}/usages`. */
export interface UsagesResponseWire {
  usages: Record<string, number>;
  resource_provider_generation: number;
}

/** `GET /` of Placement. */
export interface PlacementVersionsWire {
  versions: { id: string; min_version: string; max_version: string; status?: string; links?: unknown[] }[];
}

/** The body of a Placement error. */
export interface PlacementErrorWire {
  errors: {
    status: number;
    title: string;
    detail: string;
    /** 1.23 and above. */
    code?: string;
    request_id?: string;
    max_version?: string;
    min_version?: string;
  }[];
}
