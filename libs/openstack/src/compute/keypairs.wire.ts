import type { LinkWire } from '../wire.js';

export interface KeypairWire {
  name: string;
  public_key: string;
  fingerprint: string;
  /** 2.2 and above. */
  type?: 'ssh' | 'x509';
  user_id?: string;
  id?: number;
  created_at?: string;
  updated_at?: string | null;
  deleted?: boolean;
  deleted_at?: string | null;
  /** Only in the answer to a create without `public_key`, below 2.92. */
  private_key?: string;
}

export interface KeypairListWire {
  keypairs: { keypair: Pick<KeypairWire, 'name' | 'public_key' | 'fingerprint' | 'type'> }[];
  /** 2.35 and above. */
  keypairs_links?: LinkWire[];
}

export interface KeypairResponseWire {
  keypair: KeypairWire;
}

export interface KeypairCreateRequestWire {
  keypair: {
    name: string;
    /** Mandatory from 2.92 on. */
    public_key?: string;
    /** 2.2 and above. */
    type?: 'ssh' | 'x509';
    /** 2.10 and above, administrators only. */
    user_id?: string;
  };
}
