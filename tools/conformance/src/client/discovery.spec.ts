import { describe, expect, it } from '@jest/globals';
import type { CloudInUse } from './cloud-in-use.js';

/** What the client must find out of a release by itself. */
const EXPECTED: Record<string, { nova: string; placement: string; named: string }> = {
  zed: { nova: '2.93', placement: '1.39', named: 'zed' },
  epoxy: { nova: '2.100', placement: '1.39', named: '2025' },
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
      expect(record.image).toContain('v2.9');
      expect(tooOld).toBe(false);
    });

    it('finds the features that servers need', async () => {
      const capabilities = await cloud.capabilities();
      expect(capabilities.features()).toEqual(
        expect.arrayContaining([
          'server_tags_at_create',
          'instance_action_details',
          'port_tags',
          'security_groups',
        ]),
      );
      expect(capabilities.supports('bare_metal')).toBe(false);
    });

    it('never finds a filter that the cluster refuses', async () => {
      const capabilities = await cloud.capabilities();
      expect(capabilities.supports('network_changed_since')).toBe(false);
      const call = cloud.network.ports.list({ changedSince: new Date() }).all();
      await expect(call).rejects.toMatchObject({ kind: 'invalid', status: 400 });
    });
  });
}
