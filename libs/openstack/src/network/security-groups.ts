import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import { ifMatch } from './neutron-collection.js';
import { ResourceTags } from './resource-tags.js';
import type {
  SecurityGroupCreateRequestWire,
  SecurityGroupListWire,
  SecurityGroupResponseWire,
  SecurityGroupRuleCreateWire,
  SecurityGroupRuleListWire,
  SecurityGroupRuleResponseWire,
  SecurityGroupRuleWire,
  SecurityGroupUpdateRequestWire,
  SecurityGroupWire,
} from './security-groups.wire.js';

const GROUPS: PageShape<SecurityGroupListWire, SecurityGroupWire> = {
  items: (page) => page.security_groups,
  next: (page) => nextOf(page.security_groups_links),
  key: (group) => group.id,
};

const RULES: PageShape<SecurityGroupRuleListWire, SecurityGroupRuleWire> = {
  items: (page) => page.security_group_rules,
  next: (page) => nextOf(page.security_group_rules_links),
  key: (rule) => rule.id,
};

/** `/v2.0/security-groups` and `/v2.0/security-group-rules` of Neutron. */
export class SecurityGroups {
  /** Needs the extension `standard-attr-tag` (or `tag-ext`). */
  readonly tags: ResourceTags;

  constructor(private readonly api: ServiceApi) {
    this.tags = new ResourceTags(api, '/security-groups');
  }

  /**
   * The groups, with their rules. Neutron makes a group `default` in a project when it is first asked about that
   * project: a list is never empty for it. Names are not unique.
   */
  list(
    filter: {
      name?: readonly string[];
      projectId?: string;
      tags?: readonly string[];
      pageSize?: number;
    } = {},
    call?: CallOptions,
  ): Listing<SecurityGroupWire> {
    const query = {
      limit: filter.pageSize ?? 500,
      name: filter.name,
      project_id: filter.projectId,
      tags: filter.tags?.join(','),
    };
    return this.api.list({ method: 'GET', path: '/security-groups', query, call }, GROUPS);
  }

  async get(id: string, call?: CallOptions): Promise<SecurityGroupWire> {
    const path = `/security-groups/${id}`;
    return (await this.api.json<SecurityGroupResponseWire>({ method: 'GET', path, call })).security_group;
  }

  find(id: string, call?: CallOptions): Promise<SecurityGroupWire | null> {
    return orNull(this.get(id, call));
  }

  /** A new group already holds the two rules that let everything out. */
  async create(
    group: SecurityGroupCreateRequestWire['security_group'],
    call?: CallOptions,
  ): Promise<SecurityGroupWire> {
    const body: SecurityGroupCreateRequestWire = { security_group: group };
    const path = '/security-groups';
    return (await this.api.json<SecurityGroupResponseWire>({ method: 'POST', path, body, call }))
      .security_group;
  }

  async update(
    id: string,
    group: SecurityGroupUpdateRequestWire['security_group'],
    ifRevision?: number,
    call?: CallOptions,
  ): Promise<SecurityGroupWire> {
    const answer = await this.api.json<SecurityGroupResponseWire>({
      method: 'PUT',
      path: `/security-groups/${id}`,
      body: { security_group: group } satisfies SecurityGroupUpdateRequestWire,
      ...ifMatch(ifRevision),
      call,
    });
    return answer.security_group;
  }

  /** Fails with kind `conflict` while a port uses the group. */
  delete(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `/security-groups/${id}`, call }));
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
