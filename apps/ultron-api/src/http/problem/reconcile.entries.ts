import type { ProblemEntry } from './problem.entries.js';

/** Findings, their repairs, and adoption. */
export const RECONCILE_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  finding_not_found: { title: 'No such finding', meaning: '`GET /v1/findings` lists those there are.' },
  finding_state_conflict: {
    title: 'Not in this state',
    meaning: 'Only open findings are repaired or ignored, and only ignored ones are reopened.',
  },
  finding_not_repairable: {
    title: 'Nothing to repair by machine',
    meaning: '`detail` says what a person can do about it.',
  },
  finding_subject_busy: {
    title: 'Somebody is at work on it',
    meaning: 'The repair is tried again later if what was found still holds then.',
  },
  finding_not_ours: {
    title: 'It is not ours to delete',
    meaning:
      'Only what bears our mark and serves nothing is deleted. What was found has changed meanwhile, or its mark is not ours.',
  },
  finding_repair_failed: {
    title: 'The repair failed',
    meaning: 'The task that was to do it names the reason.',
  },
  cluster_cell_down: {
    title: 'A cell of the cluster is down',
    meaning: 'What is in it can neither be told nor changed until it is back.',
  },
  policy_not_found: {
    title: 'No such policy',
    meaning: '`GET /v1/reconcile_policies` lists those there are.',
  },
  policy_scope_invalid: {
    title: 'The scope does not fit',
    meaning: '`scope_id` names the tier or the cluster, and is not given for `all`.',
  },
  round_not_found: {
    title: 'The cluster was never compared',
    meaning: 'There is no such cluster, or no conductor serves its group.',
  },
  adoption_not_found: { title: 'No such adoption', meaning: '`GET /v1/adoptions` lists those there are.' },
  adoption_exists: {
    title: 'Adopted already',
    meaning: 'It is adopted, or is just being adopted: `GET /v1/adoptions?openstack_id=…` shows it.',
  },
  adoption_state_conflict: {
    title: 'Not in this state',
    meaning: 'Only what is adopted can be given up.',
  },
  adoption_subject_busy: {
    title: 'A task is at work on it',
    meaning: 'What was adopted is given up when nothing is done with it: ask again when the task has ended.',
  },
  adoption_superseded: {
    title: 'Another task has it',
    meaning: 'The adoption was asked for anew, or is being given up.',
  },
  adoption_rule_not_found: {
    title: 'No such rule',
    meaning: '`GET /v1/adoption_rules` lists those there are.',
  },
  adoption_rule_name_taken: { title: 'The name is taken', meaning: 'Choose another name for the rule.' },
  adoption_rule_too_wide: {
    title: 'The rule asks for nothing',
    meaning: 'It would take over everything: name a cluster, a project of OpenStack, a pattern or metadata.',
  },
  adoptee_unknown: {
    title: 'Nothing like that was seen',
    meaning: 'It is not in the cluster, or the cluster was not read since it came.',
  },
  adoptee_ours: { title: 'It is Ultron’s already', meaning: '`detail` names its id.' },
  adoptee_gone: { title: 'It is gone', meaning: 'The cluster does not have it any more.' },
  adoptee_unsettled: {
    title: 'Its cluster is at work on it',
    meaning: 'A server is adopted when it is ACTIVE, SHUTOFF or ERROR and no task of Nova is at work on it.',
  },
  adoptee_attached: {
    title: 'It hangs on a server',
    meaning: 'Adopt the server that `detail` names: its ports come with it.',
  },
  adoptee_of_network: {
    title: 'It belongs to the network',
    meaning: 'Ports of DHCP agents and routers cannot be a project’s.',
  },
  notification_source_not_found: {
    title: 'Nobody listens there',
    meaning: '`GET /v1/notification_sources` lists the clusters to which conductors listen.',
  },
  notification_url_invalid: {
    title: 'No address of a broker',
    meaning: 'It must be `amqp://user:password@host:port/vhost`, or `amqps://…`.',
  },
  network_in_use: {
    title: 'The network is in use',
    meaning: 'Servers or ports of Ultron are on it: give those up or delete them first.',
  },
  server_error_in_cluster: {
    title: 'The cluster shows the server in ERROR',
    meaning: '`detail` is what it says.',
  },
};
