/** What can be wrong between what was asked for, what was seen and what a cluster has. */
export const FINDING_KINDS = [
  /** Ours by our rows; the cluster does not know it any more. */
  'missing',
  /** In the cluster, made by nobody that Ultron knows. */
  'orphan',
  /** Name, metadata, address and the like are not as was asked for. */
  'differs',
  /** It runs and should not, or the other way round, or is in error. */
  'state_differs',
  /** It was resized behind Ultron's back. */
  'flavor_differs',
  'security_group_differs',
  /** A second one that bears the mark of something that Ultron has already. */
  'duplicate',
  /** It bears our mark, and what it was made for was deleted. */
  'stale',
  /** A port that was made for a server which is gone, and hangs on nothing. */
  'leaked_port',
  /** A port holds an address that the plan calls free. */
  'address_in_use_but_free',
  /** The allocation pools of a subnet of ours were changed by hand. */
  'address_pool_edited',
  /** A port that Ultron did not make sits on a network of a VPC. */
  'foreign_port_on_segment',
  /** A subnet that Ultron did not make overlaps the addresses of a VPC. */
  'cidr_overlap',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** What a finding may be about. */
export const SUBJECT_KINDS = [
  'server',
  'port',
  'network',
  'subnet',
  'segment',
  'router',
  'floating_ip',
  'security_group',
  'address',
] as const;

export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** What a repair does; each is one way of making rows and cluster agree. */
export const REPAIR_ACTIONS = [
  /** Our row learns that the thing is gone. */
  'forget',
  /** The thing becomes ours. A project has to be named, so a person or an adoption rule decides. */
  'adopt',
  /** The cluster is told again what was asked for. */
  'reapply',
  /** Our row takes over what the cluster shows. */
  'accept',
  /** What bears our mark and serves nothing is deleted in the cluster. */
  'delete',
  /** The plan takes the address out of what it hands out. */
  'take_address_out',
  /** The allocation pools become again what the plan says. */
  'restore_pool',
] as const;

export type RepairAction = (typeof REPAIR_ACTIONS)[number];

/** Which subject one finding is about, within a cluster. */
export interface Subject {
  kind: SubjectKind;
  /** Ours where there is a row of ours, else OpenStack's id; of an address the address. */
  id: string;
}

/** What was found, before anybody has written it down. */
export interface Drift {
  kind: FindingKind;
  subject: Subject;
  /** Ultron's project, where it is known. */
  projectId: string | null;
  openstackId: string | null;
  /** What speaks for it: the two sides that do not agree. */
  evidence: Record<string, unknown>;
  /** Null: nothing can be done by machine. */
  proposal: Proposal | null;
  /** Since when a lane has what shows it; not given where the look itself asked the cluster. */
  shownAt?: Date;
}

/** The thing of the cluster in which a finding shows, by the kind of its lane; null when it is about none. */
export function thingOf(finding: {
  subjectKind: SubjectKind;
  openstackId: string | null;
}): { kind: string; id: string } | null {
  const { subjectKind, openstackId } = finding;
  // An address is seen in the port that has it.
  return openstackId === null
    ? null
    : { kind: subjectKind === 'address' ? 'port' : subjectKind, id: openstackId };
}

export interface Proposal {
  action: RepairAction;
  /** For people: what would be done. */
  what: string;
}

export const subjectKey = (kind: FindingKind, subject: Subject): string =>
  `${kind} ${subject.kind} ${subject.id}`;
