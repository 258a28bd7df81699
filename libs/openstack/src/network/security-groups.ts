import type { CallOptions, Query } from '../call.js';
import { wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import { NeutronCollection, type StandardFilter } from './neutron-collection.js';
import type {
  SecurityGroupCreateRequestWire,
  SecurityGroupRuleCreateWire,
  SecurityGroupRuleListWire,
  SecurityGroupRuleResponseWire,
  SecurityGroupRuleWire,
  SecurityGroupUpdateRequestWire,
  SecurityGroupWire,
} from './security-groups.wire.js';

const RULES: PageShape<SecurityGroupRuleListWire, SecurityGroupRuleWire> = {
  items: (page) => page.security_group_rules,
  next: (page) => nextOf(page.security_group_rules_links),
  key: (rule) => rule.id,
};

/**
 * `/v2.0/security-groups` and `/v2.0/security-group-rules` of Neutron. Groups come with their rules; a new one already
 * holds the two that let everything out, and none can be deleted while a port uses it. Neutron makes a group `default` in
 * a project when it is first asked about that project: a list is never empty for it. Names are not unique.
 */
export class SecurityGroups extends NeutronCollection<
  SecurityGroupWire,
  SecurityGroupCreateRequestWire['security_group'],
  SecurityGroupUpdateRequestWire['security_group'],
  StandardFilter
> {
  protected override readonly pageSize = 500;

  constructor(api: ServiceApi) {
    super(api, { path: '/security-groups', one: 'security_group', many: 'security_groups' });
  }

  protected queryOf(): Query {
    return {};
  }

  listRules(
    filter: { securityGroupId?: string; pageSize?: number } = {},
    call?: CallOptions,
  ): Listing<SecurityGroupRuleWire> {
    const query = { limit: filter.pageSize ?? 1000, security_group_id: filter.securityGroupId };
    return this.api.list({ method: 'GET', path: '/security-group-rules', query, call }, RULES);
  }

  /** An equal rule that is there already fails with kind `conflict` and code `SecurityGroupRuleExists`. */
  async createRule(rule: SecurityGroupRuleCreateWire, call?: CallOptions): Promise<SecurityGroupRuleWire> {
    const answer = await this.api.json<SecurityGroupRuleResponseWire>({
      method: 'POST',
      path: '/security-group-rules',
      body: { security_group_rule: rule },
      call,
    });
    return answer.security_group_rule;
  }

  /** All of the rules or none. */
  async createRules(
    rules: readonly SecurityGroupRuleCreateWire[],
    call?: CallOptions,
  ): Promise<SecurityGroupRuleWire[]> {
    const answer = await this.api.json<SecurityGroupRuleListWire>({
      method: 'POST',
      path: '/security-group-rules',
      body: { security_group_rules: rules },
      call,
    });
    return answer.security_group_rules;
  }

  deleteRule(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `/security-group-rules/${id}`, call }));
  }

  /** Adds one tag; the same as `tags.add`. */
  addTag(id: string, tag: string, call?: CallOptions): Promise<void> {
    return this.tags.add(id, tag, call);
  }
}
