import { describe, expect, it } from '@jest/globals';
import type { CloudInUse } from './cloud-in-use.js';

/** What the client must find out of a release by itself. */
const EXPECTED: Record<string, { nova: string; placement: string; image: string; named: string }> = {
  queens: { nova: '2.60', placement: '1.17', image: 'v2.6', named: 'queens' },
  train: { nova: '2.79', placement: '1.36', image: 'v2.9', named: 'train' },
  victoria: { nova: '2.87', placement: '1.36', image: 'v2.9', named: 'ussuri/victoria' },
  zed: { nova: '2.93', placement: '1.39', image: 'v2.15', named: 'zed' },
  epoxy: { nova: '2.100', placement: '1.39', image: 'v2.15', named: '2025' },
};

export function discoverySpec({ access, cloud }: CloudInUse): void {
  describe('discovery', () => {
    it('finds the release and what it can do', async () => {
      const expected = EXPECTED[access.release];
      const { record, tooOld } = await cloud.capabilities();
      expect(record.compute).toEqual({ min: '2.1', max: expected?.nova });
      expect(record.placement).toEqual({ min: '1.0', max: expected?.placement });
      expect(record.release).toBe(expected?.named);
      expect(record.identity).toMatch(/^v3\.\d+$/);
      expect(record.image).toContain(expected?.image);
      expect(tooOld).toBe(false);
    });

    it('finds the features that servers need', async () => {
      const capabilities = await cloud.capabilities();
      expect(capabilities.features()).toEqual(
        expect.arrayContaining(['server_tags_at_create', 'port_tags', 'security_groups']),
      );
      expect(capabilities.supports('bare_metal')).toBe(false);
    });

    it('finds a filter only where the cluster takes it', async () => {
      const capabilities = await cloud.capabilities();
      const call = cloud.network.ports.list({ changedSince: new Date(Date.now() + 60_000) }).all();
      const taken = await call.catch((error: unknown) => error);
      expect(taken).toEqual(
        capabilities.supports('network_changed_since')
          ? []
          : expect.objectContaining({ kind: 'invalid', status: 400 }),
      );
    });
  });
}
