import { Inject, Injectable } from '@nestjs/common';
import { CredentialCipher } from '@ultron/cluster/credential/credential-cipher';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { type Kept, recordChange } from '@ultron/platform/trail/trail';
import { ClusterPlaces } from '../cluster-place.repository.js';
import type { NotificationSource } from './notification-source.entity.js';
import { NotificationSourceRepository } from './notification-source.repository.js';

export interface SourceWish {
  cluster: string;
  /** With user and password. */
  url: string;
  exchanges: string[];
  topics: string[];
  enabled: boolean;
}

/** What can be changed without giving the address again. */
export type SourceChanges = Partial<Pick<SourceWish, 'exchanges' | 'topics' | 'enabled'>>;

/** Seals the address under this name: it is a secret of the cluster as its credential is. */
const SEALED_AS = 'notifications';

/** Where the services of a cluster tell what they do. */
@Injectable()
export class NotificationSourceService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(NotificationSourceRepository) private readonly sources: NotificationSourceRepository,
    @Inject(ClusterPlaces) private readonly places: ClusterPlaces,
    @Inject(CredentialCipher) private readonly cipher: CredentialCipher,
  ) {}

  /**
   * A cluster has one: asking again changes it. The check is told the version of the one there is.
   * @throws Fault `cluster_not_found`, `notification_url_invalid`.
   */
  async put(
    tx: Transaction,
    wish: SourceWish,
    check: (version: number | null) => void = () => undefined,
  ): Promise<{ source: NotificationSource; created: boolean }> {
    const shownUrl = withoutPassword(wish.url);
    const { id } = await this.places.get(tx, wish.cluster);
    const sealedUrl = this.cipher.seal(id, {
      kind: 'application_credential',
      id: SEALED_AS,
      secret: wish.url,
    });
    const { exchanges, topics, enabled } = wish;
    const before = await this.sources.lock(tx, id);
    check(before?.version ?? null);
    await this.sources.put(tx, id, { sealedUrl, shownUrl, exchanges, topics, enabled });
    const source = await this.required(tx, id);
    await recordChange(tx, SOURCE, before, source);
    // Another may have made it since: only a new row has the first version.
    return { source, created: source.version === 1 };
  }

  /** Throws as `get`. */
  async change(
    tx: Transaction,
    clusterId: string,
    changes: SourceChanges,
    check: (version: number) => void,
  ): Promise<NotificationSource> {
    const before = await this.locked(tx, clusterId, check);
    await this.sources.put(tx, clusterId, { ...before, ...changes });
    const source = await this.required(tx, clusterId);
    await recordChange(tx, SOURCE, before, source);
    return source;
  }

  /** @throws Fault `notification_source_not_found`. */
  async get(clusterId: string): Promise<NotificationSource> {
    return this.required(this.database.read, clusterId);
  }

  async list(page: Page<'cluster_id'>): Promise<NotificationSource[]> {
    return this.sources.list(this.database.read, page);
  }

  /** Throws as `get`. */
  async remove(tx: Transaction, clusterId: string, check: (version: number) => void): Promise<void> {
    const source = await this.locked(tx, clusterId, check);
    await this.sources.remove(tx, clusterId);
    await recordChange(tx, SOURCE, source, null);
  }

  /** The address with its password. @throws Fault `credential_unreadable`. */
  open(source: NotificationSource): string {
    const opened = this.cipher.open(source.clusterId, source.sealedUrl);
    return opened.kind === 'application_credential' ? opened.secret : '';
  }

  private async locked(
    tx: Transaction,
    clusterId: string,
    check: (version: number) => void,
  ): Promise<NotificationSource> {
    const source = await this.sources.lock(tx, clusterId);
    if (!source) throw sourceNotFound(clusterId);
    check(source.version);
    return source;
  }

  private async required(tx: Transaction, clusterId: string): Promise<NotificationSource> {
    const source = await this.sources.find(tx, clusterId);
    if (!source) throw sourceNotFound(clusterId);
    return source;
  }
}

/** Its secret is in none of this: the address is the one without its password. */
const SOURCE: Kept<NotificationSource> = {
  kind: 'notification_source',
  idOf: ({ clusterId }) => clusterId,
  shown: ({ shownUrl, exchanges, topics, enabled }) => ({
    url: shownUrl,
    exchanges,
    topics,
    enabled: Boolean(enabled),
  }),
};

function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !['amqp:', 'amqps:'].includes(parsed.protocol) || parsed.hostname === '') throw urlInvalid();
  if (parsed.password !== '') parsed.password = '***';
  return parsed.href.slice(0, 255);
}

const urlInvalid = (): Fault =>
  new Fault({
    code: 'notification_url_invalid',
    category: 'invalid',
    detail: 'The address must be amqp://user:password@host:port/vhost, or amqps://….',
    fields: [{ pointer: '/url', detail: 'must be amqp://user:password@host:port/vhost' }],
  });

const sourceNotFound = (clusterId: string): Fault =>
  new Fault({
    code: 'notification_source_not_found',
    category: 'not_found',
    detail: `Nobody listens to the cluster ${clusterId}.`,
  });
