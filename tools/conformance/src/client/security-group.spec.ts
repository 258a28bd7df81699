import { describe, expect, it } from '@jest/globals';
import { uniqueName, type CloudInUse } from './cloud-in-use.js';

export function securityGroupSpec(use: CloudInUse): void {
  const { securityGroups, ports } = use.cloud.network;
  const group = async () => {
    const made = await securityGroups.create({ name: uniqueName('group'), description: 'conformance' });
    use.later(() => securityGroups.delete(made.id));
    return made;
  };

  describe('security groups', () => {
    it('has one called default, and lets everything out of a new one', async () => {
      const projectId = await use.cloud.projectId();
      expect(await securityGroups.list({ name: ['default'], projectId }).all()).toHaveLength(1);
      const { security_group_rules: rules } = await group();
      expect(rules.map((rule) => [rule.direction, rule.ethertype].join(' ')).sort()).toEqual([
        'egress IPv4',
        'egress IPv6',
      ]);
    });

    it('takes a rule once', async () => {
      const { id } = await group();
      const ssh = {
        security_group_id: id,
        direction: 'ingress',
        ethertype: 'IPv4',
        protocol: 'tcp',
        port_range_min: 22,
        port_range_max: 22,
        remote_ip_prefix: '10.0.0.0/8',
      } as const;
      const rule = await securityGroups.createRule(ssh);
      expect(rule).toMatchObject(ssh);
      const twice = securityGroups.createRule(ssh);
      await expect(twice).rejects.toMatchObject({
        kind: 'conflict',
        code: 'SecurityGroupRuleExists',
        retryable: false,
      });
      expect(await securityGroups.listRules({ securityGroupId: id }).all()).toHaveLength(3);
      expect([await securityGroups.deleteRule(rule.id), await securityGroups.deleteRule(rule.id)]).toEqual([
        true,
        false,
      ]);
    });

    it('cannot be deleted while a port uses it', async () => {
      const { id } = await group();
      const port = await use.port();
      await ports.update(port.id, { security_groups: [id] });
      await expect(securityGroups.delete(id)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'SecurityGroupInUse',
      });
      await ports.update(port.id, { security_groups: [] });
      expect(await securityGroups.delete(id)).toBe(true);
    });
  });
}
