import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readDevConfig } from '../dev.config.js';
import { databaseAnswers, redisAnswers } from './answers.js';
import { startPrivatePair } from './private-pair.js';

describe('startPrivatePair', () => {
  it('gives runs that start at the same moment servers of their own, and stops them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ultron-pairs-'));
    const { cacheDir, datastoreSources: sources } = readDevConfig();
    const start = (name: string) => startPrivatePair({ folder: join(folder, name), cacheDir, sources });
    const pairs = await Promise.all([start('one'), start('two')]);
    const urls = pairs.flatMap(({ databaseUrl, redisUrl }) => [databaseUrl, redisUrl]);
    expect(new Set(urls.map((url) => new URL(url).port)).size).toBe(4);
    expect(urls.every((url) => new URL(url).hostname === '127.0.0.1')).toBe(true);
    expect(await allAnswer(pairs)).toEqual([true, true, true, true]);
    await Promise.all(pairs.map((pair) => pair.stop()));
    expect(await allAnswer(pairs)).toEqual([false, false, false, false]);
    await rm(folder, { recursive: true, force: true });
  }, 300_000);
});

async function allAnswer(pairs: readonly { databaseUrl: string; redisUrl: string }[]): Promise<boolean[]> {
  return Promise.all(
    pairs.flatMap(({ databaseUrl, redisUrl }) => [databaseAnswers(databaseUrl), redisAnswers(redisUrl)]),
  );
}
