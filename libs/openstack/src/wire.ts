/** A `links` entry as Nova, Glance and Neutron put it into documents and pages. */
export interface LinkWire {
  rel: string;
  href: string;
  type?: string;
}

/** A resource that is only named by its id. */
export interface RefWire {
  id: string;
  links?: LinkWire[];
}
