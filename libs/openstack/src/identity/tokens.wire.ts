/** `POST /v3/auth/tokens` (Identity API v3). The token itself is the `X-Subject-Token` header of the answer. */
export interface AuthRequestWire {
  auth: {
    identity: PasswordIdentityWire | ApplicationCredentialIdentityWire | TokenIdentityWire;
    scope?: ScopeWire | 'unscoped';
  };
}

export interface DomainRefWire {
  id?: string;
  name?: string;
}

export interface UserRefWire {
  id?: string;
  name?: string;
  domain?: DomainRefWire;
}

export interface PasswordIdentityWire {
  methods: ['password'];
  password: { user: UserRefWire & { password: string } };
}

export interface ApplicationCredentialIdentityWire {
  methods: ['application_credential'];
  application_credential: { id?: string; name?: string; secret: string; user?: UserRefWire };
}

export interface TokenIdentityWire {
  methods: ['token'];
  token: { id: string };
}

export interface ScopeWire {
  project?: { id?: string; name?: string; domain?: DomainRefWire };
  domain?: DomainRefWire;
  system?: { all: boolean };
}

/** The answer of `POST /v3/auth/tokens` and of `GET /v3/auth/tokens` (validation). */
export interface TokenResponseWire {
  token: TokenWire;
}

export interface TokenWire {
  methods: string[];
  /** RFC 3339 in UTC with microseconds: `2026-01-01T00:00:00.000000Z`. */
  expires_at: string;
  issued_at: string;
  audit_ids?: string[];
  user: {
    id: string;
    name: string;
    domain: { id: string; name: string };
    password_expires_at?: string | null;
  };
  project?: { id: string; name: string; domain: { id: string; name: string } };
  domain?: { id: string; name: string };
  system?: { all: boolean };
  is_domain?: boolean;
  roles?: { id: string; name: string }[];
  catalog?: CatalogServiceWire[];
  application_credential?: {
    id: string;
    name: string;
    restricted: boolean;
    expires_at?: string | null;
    access_rules?: { id?: string; service: string; method: string; path: string }[];
  };
}

export interface CatalogServiceWire {
  id: string;
  /** `compute`, `network`, `image`, `placement`, `identity`, … */
  type: string;
  name: string;
  endpoints: CatalogEndpointWire[];
}

export interface CatalogEndpointWire {
  id: string;
  interface: 'public' | 'internal' | 'admin';
  region: string | null;
  region_id: string | null;
  url: string;
}

/** `GET /v3/auth/catalog`. */
export interface CatalogResponseWire {
  catalog: CatalogServiceWire[];
  links?: unknown;
}
