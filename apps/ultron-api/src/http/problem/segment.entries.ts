import type { ProblemEntry } from './problem.entries.js';

/** Why a part of a VPC could not be built in a cluster, or not be taken down: shown with segments and tasks. */
export const SEGMENT_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  segment_cidr_overlaps: {
    title: 'The cluster has a network that overlaps',
    meaning:
      'Part of the addresses exist in the cluster already; `overlaps` names the subnets. Nothing is built over them: ' +
      'remove them, or retire the cluster from the IDC. It is tried again by itself.',
  },
  segment_has_ports: {
    title: 'Ports are left in the segment',
    meaning:
      'Ports that Ultron does not know have addresses of the segment; `ports` names them. It is taken down, by ' +
      'itself, once they are gone.',
  },
  segment_subnet_gone: {
    title: 'The subnet is gone from the cluster',
    meaning:
      'Somebody deleted it behind the back of Ultron. Its addresses are not handed out; it is built again by itself ' +
      'when no server had one, else when its task is retried.',
  },
  subnet_changed_meanwhile: {
    title: 'Somebody else changes the subnet',
    meaning: 'Its pools changed between being read and being written, again and again. It is tried again.',
  },
  subnet_not_taken_down: {
    title: 'Parts of the subnet are still in clusters',
    meaning: '`segments` says which and why. They are tried again, and the subnet goes when they have gone.',
  },
  vpc_network_in_use: {
    title: 'The network of the VPC is in use',
    meaning: 'Ports that Ultron does not know are in it. Delete them, and then the VPC again.',
  },
  vpc_not_taken_down: {
    title: 'Clusters still have a network of the VPC',
    meaning: '`cluster_ids` names them. See what their tasks say, and delete the VPC again.',
  },
  segment_gone: {
    title: 'There is no such segment any more',
    meaning: 'It was given back before it was built; there is nothing left to do.',
  },
  segment_not_wanted: {
    title: 'The segment is not to be built any more',
    meaning: 'It was drained before it was built; there is nothing left to do.',
  },
  segment_not_draining: {
    title: 'The segment is not to be taken down',
    meaning: 'It is used again, or was taken down already; there is nothing left to do.',
  },
};
