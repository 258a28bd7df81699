import type { KeyPair } from '@ultron/compute/key-pair/key-pair.entity';
import { Id, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICvkel3Gk+XuihcbWHpwjLBhDhvlwnaMQeIBu2oPsfrA deploy@example';

export class KeyPairCreateBody {
  @Text({
    description: 'Unique in the project.',
    example: 'deploy',
    pattern: /^[A-Za-z0-9][A-Za-z0-9 ._@-]*$/,
    patternText: 'letters, digits, spaces and . _ @ -, beginning with a letter or digit',
  })
  name!: string;

  @Text({ description: 'The public key, one line as in a `.pub` file.', example: PUBLIC_KEY, max: 16_384 })
  public_key!: string;

  @Id({ description: 'Admins: the project that it is for.', optional: true })
  project_id?: string;
}

export class KeyPairQuery extends PageQuery {
  @Id({ description: 'Only those of this project.', optional: true })
  project_id?: string;

  @SortBy(['created_at', 'name'])
  sort?: string;
}

export class KeyPairBody {
  @Id({ description: 'The id of the key pair.' })
  id!: string;

  @Id({ description: 'The project it belongs to.' })
  project_id!: string;

  @Text({ description: 'Its name.', example: 'deploy' })
  name!: string;

  @Text({ description: 'What it is for.', example: 'ssh' })
  type!: string;

  @Text({ description: 'The public key.', example: PUBLIC_KEY, max: 16_384 })
  public_key!: string;

  @Text({ description: 'MD5, as Nova shows it.', example: '26:ac:80:c3:fb:a5:23:b2:36:ca:29:ac:0f:42:63:1f' })
  fingerprint!: string;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class KeyPairList {
  @Parts(() => KeyPairBody, { description: 'The key pairs of this page.', max: 1000 })
  key_pairs!: KeyPairBody[];

  @NextLink()
  next!: string | null;
}

export const keyPairView = (pair: KeyPair): KeyPairBody => ({
  id: pair.id,
  project_id: pair.projectId,
  name: pair.name,
  type: pair.type,
  public_key: pair.publicKey,
  fingerprint: pair.fingerprint,
  created_at: pair.createdAt.toISOString(),
});
