import { describe, expect, it } from '@jest/globals';
import { apiConfig } from './api.config.js';

const LEAST = { ULTRON_DATABASE_URL: 'mysql://u:p@h:1/n', ULTRON_REDIS_URL: 'redis://h:1' };

describe('the configuration', () => {
  it('needs the database and Redis and has defaults for the rest', () => {
    expect(apiConfig(LEAST)).toEqual({
      databaseUrl: LEAST.ULTRON_DATABASE_URL,
      redisUrl: LEAST.ULTRON_REDIS_URL,
      redisPrefix: undefined,
      host: '127.0.0.1',
      port: 8080,
      domains: ['compute', 'network', 'cluster'],
      adminToken: undefined,
      logLevel: 'info',
      otlpEndpoint: undefined,
    });
  });

  it('chooses domains', () => {
    expect(apiConfig({ ...LEAST, ULTRON_DOMAINS: 'cluster, compute' }).domains).toEqual([
      'compute',
      'cluster',
    ]);
    expect(() => apiConfig({ ...LEAST, ULTRON_DOMAINS: 'compute,storage' })).toThrow('ULTRON_DOMAINS');
  });

  it('names everything that is wrong', () => {
    expect(() => apiConfig({ ULTRON_API_PORT: '99999', ULTRON_LOG_LEVEL: 'loud' })).toThrow(
      /ULTRON_DATABASE_URL[^]*ULTRON_REDIS_URL[^]*ULTRON_API_PORT[^]*ULTRON_LOG_LEVEL/,
    );
  });
});
