import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { testDatabase, testRedis } from '@ultron/dev/test-datastores';
import { FirstToken } from '@ultron/identity/token/first-token';
import { migrate } from '@ultron/platform/database/migrate';
import { type Log, silentLog } from '@ultron/platform/logging/logger';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import { createApi } from '../api.app.js';
import type { ApiConfig } from '../api.config.js';
import { DOMAINS } from '../domain.names.js';
import { useTestCredentialKey } from './credential-key.config.js';

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Record<string, unknown>;
  text: string;
}

export interface Ask {
  token?: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text. */
  body?: unknown;
}

/** The real application on a database and a Redis of its own; requests go in without a port. */
export class TestApi {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly config: ApiConfig,
    readonly adminToken: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(changes: Partial<ApiConfig> = {}, log: Log = silentLog()): Promise<TestApi> {
    useTestCredentialKey();
    const database = await testDatabase();
    const redis = await testRedis();
    const config: ApiConfig = {
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      host: '127.0.0.1',
      port: 0,
      domains: DOMAINS,
      adminToken: undefined,
      logLevel: 'silent',
      otlpEndpoint: undefined,
      ...changes,
    };
    await migrate({ url: config.databaseUrl, entities, migrations });
    const app = await createApi(config, log);
    const token = await app.get(FirstToken, { strict: false }).ensure(undefined);
    if (token === undefined) throw new Error('the first token was made before');
    return new TestApi(app, config, token, async () => {
      await redis.close();
      await database.drop();
    });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.end();
  }

  async ask(
    method: string,
    path: string,
    { token = this.adminToken, headers = {}, body }: Ask = {},
  ): Promise<Answer> {
    const reply = await this.app.inject({
      method: method as 'GET',
      url: path,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = /json/.test(String(reply.headers['content-type']));
    return {
      status: reply.statusCode,
      headers: reply.headers as Record<string, string>,
      body: isJson ? (JSON.parse(reply.body) as Record<string, unknown>) : {},
      text: reply.body,
    };
  }

  /** The secret of a new token; a project is made for it unless one is given. */
  async tokenOf(
    role: 'member' | 'reader',
    projectId?: string,
  ): Promise<{ token: string; projectId: string }> {
    const project = projectId ?? (await this.newProject());
    const made = await this.ask('POST', '/v1/tokens', {
      body: { name: `a ${role}`, role, project_id: project },
    });
    return { token: String(made.body['secret']), projectId: project };
  }

  private async newProject(): Promise<string> {
    const name = `p-${Math.random().toString(36).slice(2)}`;
    const made = await this.ask('POST', '/v1/projects', { body: { name } });
    return String(made.body['id']);
  }
}
