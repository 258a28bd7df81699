import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterAccess } from './raw-cloud.js';
import { differences, type Recording } from './shape.rules.js';
import { walk } from './walk.js';

/** The recorded shapes of every answer of a real cluster of this release. */
function recordingOf(release: string): Recording {
  const file = new URL(`../../recorded/${release}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Recording;
}

/** The answers of the target look as those that were recorded from real clusters. */
export function shapeSpecs(clusters: readonly ClusterAccess[]): void {
  describe.each(clusters.map((access) => [access.name, access] as const))(
    'the answers of %s',
    (_, access) => {
      const recording = recordingOf(access.release);
      let seen: Recording = {};
      beforeAll(async () => {
        seen = (await walk(access)).recording;
      }, 300_000);

      it.each(Object.keys(recording))('%s', (question) => {
        const [wanted, answer] = [recording[question], seen[question]];
        expect(wanted && answer ? differences(wanted, answer) : ['it was not asked']).toEqual([]);
      });
    },
  );
}
