import type { CallOptions, Query } from '../call.js';
import { wasThere } from '../error/gone.js';
import type { ServiceApi } from '../service-api.js';
import { NeutronCollection, type StandardFilter } from './neutron-collection.js';
import type {
  BandwidthLimitRuleCreateWire,
  BandwidthLimitRuleListWire,
  BandwidthLimitRuleResponseWire,
  BandwidthLimitRuleUpdateWire,
  BandwidthLimitRuleWire,
  QosPolicyCreateWire,
  QosPolicyUpdateWire,
  QosPolicyWire,
} from './qos-policies.wire.js';

export interface QosPolicyFilter extends StandardFilter {
  shared?: boolean;
  isDefault?: boolean;
}

/**
 * `/v2.0/qos/policies` of Neutron (extension `qos`), with their bandwidth limit rules: at most one per direction. A policy
 * in use cannot be deleted (409 `QosPolicyInUse`); its rules can be changed, and take effect at once. By default only
 * administrators may make policies.
 */
export class QosPolicies extends NeutronCollection<
  QosPolicyWire,
  QosPolicyCreateWire,
  QosPolicyUpdateWire,
  QosPolicyFilter
> {
  constructor(api: ServiceApi) {
    super(api, { path: '/qos/policies', one: 'policy', many: 'policies', tagsPath: '/policies' });
  }

  protected queryOf(filter: QosPolicyFilter): Query {
    return { shared: filter.shared, is_default: filter.isDefault };
  }

  async listBandwidthLimits(policyId: string, call?: CallOptions): Promise<BandwidthLimitRuleWire[]> {
    const path = this.rules(policyId);
    const answer = await this.api.json<BandwidthLimitRuleListWire>({ method: 'GET', path, call });
    return answer.bandwidth_limit_rules;
  }

  /** A second rule for the same direction fails with kind `conflict`, code `QoSRulesConflict`. */
  async createBandwidthLimit(
    policyId: string,
    rule: BandwidthLimitRuleCreateWire,
    call?: CallOptions,
  ): Promise<BandwidthLimitRuleWire> {
    const answer = await this.api.json<BandwidthLimitRuleResponseWire>({
      method: 'POST',
      path: this.rules(policyId),
      body: { bandwidth_limit_rule: rule },
      call,
    });
    return answer.bandwidth_limit_rule;
  }

  async updateBandwidthLimit(
    policyId: string,
    ruleId: string,
    changes: BandwidthLimitRuleUpdateWire,
    call?: CallOptions,
  ): Promise<BandwidthLimitRuleWire> {
    const answer = await this.api.json<BandwidthLimitRuleResponseWire>({
      method: 'PUT',
      path: `${this.rules(policyId)}/${ruleId}`,
      body: { bandwidth_limit_rule: changes },
      call,
    });
    return answer.bandwidth_limit_rule;
  }

  deleteBandwidthLimit(policyId: string, ruleId: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `${this.rules(policyId)}/${ruleId}`, call }));
  }

  private rules(policyId: string): string {
    return `${this.at(policyId)}/bandwidth_limit_rules`;
  }
}
