/** What a conductor needs to log in to a cluster; it exists in the clear only in memory. */
export type ClusterCredential = PasswordCredential | ApplicationCredential;

export interface PasswordCredential {
  kind: 'password';
  username: string;
  password: string;
  userDomainName: string;
  projectName: string;
  projectDomainName: string;
}

export interface ApplicationCredential {
  kind: 'application_credential';
  id: string;
  secret: string;
}

/** A credential as it is stored: AES-256-GCM, all parts in base64. */
export interface SealedCredential {
  /** Which kind it is; the one thing that may be shown. */
  kind: ClusterCredential['kind'];
  /** Names the key it was sealed with, so that keys can be changed one after another. */
  keyId: string;
  iv: string;
  tag: string;
  data: string;
}
