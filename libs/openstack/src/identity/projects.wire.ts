/** A project (Identity API v3). */
export interface ProjectWire {
  id: string;
  name: string;
  domain_id: string;
  parent_id?: string | null;
  description?: string;
  enabled: boolean;
  is_domain?: boolean;
  tags?: string[];
  options?: Record<string, unknown>;
  links?: { self: string };
}

/** Keystone pages in its own style: one `links` object with `next`, `self` and `previous`. */
export interface KeystonePageLinksWire {
  next: string | null;
  self?: string;
  previous?: string | null;
}

/** `GET /v3/projects` and `GET /v3/auth/projects`. */
export interface ProjectListWire {
  projects: ProjectWire[];
  links?: KeystonePageLinksWire;
}

export interface ProjectResponseWire {
  project: ProjectWire;
}
