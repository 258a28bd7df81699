import type { ProblemEntry } from './problem.entries.js';

/** What can be wrong with a wish about the plan of addresses. */
export const ADDRESS_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  address_pool_not_found: { title: 'No such address pool', meaning: 'It does not exist, or not any more.' },
  address_pool_name_taken: {
    title: 'The name of the address pool is taken',
    meaning: 'Another pool has this name: choose another one.',
  },
  address_pool_overlaps: {
    title: 'The address pools overlap',
    meaning: 'Part of the block belongs to another pool already: `detail` names it.',
  },
  address_pool_exhausted: {
    title: 'The address pool is exhausted',
    meaning: 'No block for another VPC is left in it: use another pool, or give VPCs up.',
  },
  prefixes_invalid: {
    title: 'The prefix lengths do not fit',
    meaning:
      'Pool, VPC, subnet and segment must each be larger than the next one: `errors` says which are not.',
  },
  vpc_slots_exhausted: {
    title: 'The VPC has no room for another subnet',
    meaning: 'Its subnets are all given, or kept for IDCs that have none yet.',
  },
  vpc_addresses_exhausted: {
    title: 'The VPC has run out of addresses',
    meaning: 'Nothing is left to give to the cluster; the problem says where free addresses are.',
  },
  cluster_addresses_exhausted: {
    title: 'The cluster has too few addresses',
    meaning:
      'It holds fewer free addresses of the subnet than asked for: ask for fewer, or let it be supplemented.',
  },
  idc_without_clusters: {
    title: 'The IDC has no cluster',
    meaning: 'A subnet is built on the clusters of its IDC: register one first.',
  },
  too_many_clusters: {
    title: 'Too many clusters for one subnet',
    meaning: 'A subnet is cut into at most eight segments, one for each cluster.',
  },
  cluster_not_eligible: {
    title: 'The cluster cannot take addresses',
    meaning: 'It is not enabled, not healthy, or not of this IDC.',
  },
  segment_state_conflict: {
    title: 'Not possible in this state of the segment',
    meaning: '`detail` says in which states it is.',
  },
  segment_in_use: {
    title: 'The segment is in use',
    meaning: 'Addresses in it are still bound or cooling: it keeps its owner until they are free.',
  },
  address_count_invalid: {
    title: 'The number of addresses is wrong',
    meaning: '`detail` says how many may be asked for.',
  },
  fixed_addresses_count: {
    title: 'The fixed addresses do not match the count',
    meaning: 'Give as many as servers are asked for, or none.',
  },
  fixed_address_outside: {
    title: 'The fixed address is outside the segments of the cluster',
    meaning: 'Choose one of a segment that the cluster holds, or another cluster.',
  },
  fixed_address_taken: {
    title: 'The fixed address is taken',
    meaning: 'Somebody holds it, or it is cooling: choose another one.',
  },
  fixed_addresses_apart: {
    title: 'The fixed addresses belong to different clusters',
    meaning: 'A server is in one cluster: choose addresses of segments that one cluster holds.',
  },
  segment_not_built: {
    title: 'The segment was not built',
    meaning:
      'The cluster could not build the segment that the address lies in; the server goes to another one.',
  },
  address_reservation_lost: {
    title: 'The reservation of the address has run out',
    meaning: 'It was not confirmed in time and may belong to somebody else: reserve anew.',
  },
  id_already_used: {
    title: 'The id is in use',
    meaning: 'The same id was sent before with other contents.',
  },
  address_pool_in_use: {
    title: 'The address pool is in use',
    meaning: 'VPCs are cut from it: `vpcs` names them. Delete them first.',
  },
  cidr_invalid: { title: 'No CIDR', meaning: 'Write an address, a slash and a prefix length: 10.0.0.0/16.' },
  cidr_host_bits: {
    title: 'The CIDR has host bits set',
    meaning: 'It does not begin where its block begins: `detail` says what the block is.',
  },
  cidr_misaligned: {
    title: 'The CIDR is none of the blocks',
    meaning: 'What it is cut from is cut into blocks of one size: `detail` says which.',
  },
  cidr_outside: { title: 'The CIDR lies outside', meaning: '`detail` says in what it would have to lie.' },
  cidr_overlaps: {
    title: 'The CIDR is taken',
    meaning: 'Another VPC or subnet has the block: choose another one, or none.',
  },
  address_invalid: { title: 'No IP address', meaning: 'Write it as 10.0.0.1.' },
  ipv6_unsupported: { title: 'No IPv6 pools yet', meaning: 'Give an IPv4 block.' },
  vpc_not_found: { title: 'No such VPC', meaning: 'It does not exist, or it is not yours.' },
  subnet_not_found: { title: 'No such subnet', meaning: 'It does not exist, or it is not yours.' },
  segment_not_found: { title: 'No such segment', meaning: 'It does not exist, or not any more.' },
  vpc_deleting: { title: 'The VPC is being deleted', meaning: 'Nothing of it is dealt out any more.' },
  subnet_deleting: { title: 'The subnet is being deleted', meaning: 'Nothing of it is dealt out any more.' },
  vpc_in_use: {
    title: 'The VPC is in use',
    meaning: 'It has subnets or routers: they are named. Delete them first.',
  },
  subnet_in_use: {
    title: 'The subnet is in use',
    meaning: 'Ports or routers are in it: `addresses` and `routers` name them. Delete them first.',
  },
  too_many_idcs: { title: 'Too many IDCs', meaning: 'A VPC has room for one subnet in each of its IDCs.' },
  dhcp_ports_invalid: {
    title: 'The number of DHCP ports is wrong',
    meaning: '`detail` says how many there may be.',
  },
  address_quota_exceeded: {
    title: 'The project may hold no more addresses',
    meaning: 'Delete servers, or ask an operator for a larger quota.',
  },
  cluster_addresses_low: {
    title: 'The cluster is at its low-water mark',
    meaning: 'Preemptible servers leave the last addresses to others: wait until it was supplemented.',
  },
  cluster_not_in_idc: {
    title: 'The cluster is in another IDC',
    meaning: 'Choose one of the IDC of the subnet.',
  },
  cluster_still_enabled: {
    title: 'The cluster is still enabled',
    meaning: 'Set its state to `draining` first: an enabled cluster is given addresses.',
  },
};
