export interface ProblemEntry {
  title: string;
  /** What it means and what to do, for the page of problems. */
  meaning: string;
}

/** The problems of requests themselves, whatever they are about. */
export const REQUEST_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  malformed_request: {
    title: 'The request cannot be read',
    meaning: 'It breaks the rules of HTTP; `detail` says how.',
  },
  malformed_json: {
    title: 'The body is no JSON',
    meaning: '`detail` names the first place where it goes wrong.',
  },
  invalid_body: {
    title: 'The body is wrong',
    meaning:
      'The JSON was read, but fields are unknown, missing or not as they should be. `errors` names all of them.',
  },
  invalid_query: {
    title: 'The query is wrong',
    meaning:
      'Parameters are unknown or not as they should be. `errors` names all of them. Take cursors unchanged from `next`.',
  },
  invalid_header: { title: 'A header is wrong', meaning: '`detail` names the header and what it must be.' },
  unsupported_media_type: {
    title: 'Not JSON',
    meaning: 'Bodies are taken with `Content-Type: application/json` only.',
  },
  body_too_large: { title: 'The body is too large', meaning: 'Bodies may have up to 1 MiB.' },
  uri_too_long: {
    title: 'The address is too long',
    meaning: 'A part of the path has more than 200 characters.',
  },
  route_not_found: {
    title: 'No such address',
    meaning: 'Nothing answers at this path. `/docs` shows what there is.',
  },
  method_not_allowed: {
    title: 'Not with this method',
    meaning: 'The header `Allow` names the methods that the address takes.',
  },
  token_missing: { title: 'A token is needed', meaning: 'Send `Authorization: Bearer <token>`.' },
  token_invalid: {
    title: 'The token is not valid',
    meaning: 'It is unknown, expired or revoked. An admin can make another.',
  },
  role_forbids: {
    title: 'The role does not allow it',
    meaning: 'Readers change nothing, and some things are for admins alone.',
  },
  idempotency_key_reused: {
    title: 'The Idempotency-Key was used for something else',
    meaning: 'The same key came with another request within 24 hours. Make a new key for each new request.',
  },
  stale_etag: {
    title: 'Changed meanwhile',
    meaning: '`If-Match` names an older version. Read the resource again and decide anew.',
  },
  internal_error: {
    title: 'A fault of Ultron',
    meaning: 'Nothing the caller did wrong. Give the `trace_id` to the operators; the log has the rest.',
  },
  database_unavailable: {
    title: 'The database does not answer',
    meaning:
      'Send the same request again after `Retry-After`, with its `Idempotency-Key`: if it was done, it is not done twice.',
  },
  database_busy: {
    title: 'The database is too busy',
    meaning:
      'Others change the same rows. Nothing was changed; send the same request again after `Retry-After`.',
  },
  deadline_exceeded: {
    title: 'The answer takes too long',
    meaning:
      'What was asked for may have been done. Send it again with its `Idempotency-Key`: it is not done twice.',
  },
  not_ready: {
    title: 'Not ready',
    meaning: 'The process runs but cannot work, since its database does not answer.',
  },
  too_many_waiting: {
    title: 'Too many requests wait',
    meaning: 'Ask for the task without `wait`, or again after `Retry-After`.',
  },
};

/** Tasks, traces, projects and tokens. */
export const CORE_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  task_not_found: { title: 'No such task', meaning: 'There is none, or it belongs to another project.' },
  task_not_retryable: {
    title: 'The task cannot be retried',
    meaning: 'Only a task that is stuck or failed can.',
  },
  task_not_stuck: {
    title: 'The task is not stuck',
    meaning: 'Only a stuck task can be abandoned. Cancel it to stop it.',
  },
  cancelled: {
    title: 'Cancelled',
    meaning: 'Somebody asked the task to stop, and what it had done was undone.',
  },
  abandoned: {
    title: 'Abandoned',
    meaning: 'An operator gave the stuck task up; what it had made may have to be looked for by hand.',
  },
  batch_failed: {
    title: 'Parts of a batch failed',
    meaning: 'Fewer succeeded than were needed; each item says why it failed.',
  },
  conductors_died: {
    title: 'Conductors died of it',
    meaning:
      'Every conductor that took the task ended while it ran. Operators: look into their logs before it is retried.',
  },
  saga_unknown: {
    title: 'The conductor is too old',
    meaning: 'It does not know this kind of task. Operators: bring all conductors to the same version.',
  },
  trace_not_found: {
    title: 'Nothing is known of the trace',
    meaning:
      'Changes are always kept; reads only if they came with a `traceparent`. Traces are forgotten after some days.',
  },
  project_not_found: { title: 'No such project', meaning: 'There is none, or the token may not see it.' },
  project_name_taken: { title: 'The name is taken', meaning: 'Another project has it.' },
  token_not_found: { title: 'No such token', meaning: 'There is none, or the caller may not see it.' },
  token_role_project: {
    title: 'Role and project do not fit',
    meaning: 'A member or a reader belongs to a project, an admin to none.',
  },
};

/** Clusters and what happens in them. */
export const CLUSTER_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  idc_name_taken: { title: 'The name is taken', meaning: 'Another IDC has it.' },
  idc_in_use: { title: 'Clusters stand in the IDC', meaning: 'Move or delete them first.' },
  conductor_group_name_taken: { title: 'The name is taken', meaning: 'Another conductor group has it.' },
  conductor_group_in_use: {
    title: 'Clusters belong to the conductor group',
    meaning: 'Move or delete them first.',
  },
  object_not_found: {
    title: 'No such object in the cluster',
    meaning: 'It was never seen there, or has been gone for long. `fresh=1s` asks the cluster itself.',
  },
  cluster_not_found: { title: 'No such cluster', meaning: 'No cluster with this id is registered.' },
  cluster_name_taken: { title: 'The name is taken', meaning: 'Another cluster has it.' },
  cluster_in_use: {
    title: 'Servers are in the cluster',
    meaning: 'Delete them before the cluster is forgotten.',
  },
  cluster_state: { title: 'The state cannot follow', meaning: '`detail` names the states that can.' },
  cluster_takes_no_changes: {
    title: 'The cluster takes no changes',
    meaning:
      'Operators have put it into maintenance, read-only or down; `detail` says when changes are possible.',
  },
  cluster_unknown: {
    title: 'The cluster is gone',
    meaning: 'The cluster of this server is not registered any more.',
  },
  unknown_cluster: {
    title: 'Placement names nothing known',
    meaning: '`errors` names the clusters or IDCs that do not exist.',
  },
  unknown_reference: { title: 'Names nothing known', meaning: '`errors` names what must be created first.' },
  invalid_credential: {
    title: 'The credential is not complete',
    meaning:
      'Either `username`, `password` and `project_name`, or `application_credential_id` and `application_credential_secret`.',
  },
  credential_unreadable: {
    title: 'The credential cannot be read',
    meaning:
      'Operators: `ULTRON_CREDENTIAL_KEY` is not the one with which it was sealed. Set it as it was, or give the credential anew.',
  },
  no_cluster_fits: {
    title: 'No cluster fits',
    meaning: '`explain` names for each cluster the filter that refused it, with the numbers.',
  },
  cluster_lacks_resource: {
    title: 'The cluster has lost something it had',
    meaning: 'A flavor, image or network that it offered is not there any more; another cluster is tried.',
  },
};

/** Servers, and what OpenStack said. */
export const COMPUTE_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  flavor_not_found: { title: 'No such flavor', meaning: 'No logical flavor has this name or id.' },
  network_not_found: { title: 'No such network', meaning: 'No logical network has this name or id.' },
  flavor_name_taken: { title: 'The name is taken', meaning: 'Another flavor has it.' },
  flavor_differs: {
    title: 'The flavor is another one in the cluster',
    meaning: 'A flavor of this name exists there with other sizes; `detail` names them.',
  },
  image_not_found: { title: 'No such image', meaning: 'No logical image has this name or id.' },
  key_pair_not_found: {
    title: 'No such key pair',
    meaning: 'There is none, or it belongs to another project.',
  },
  key_pair_name_taken: { title: 'The name is taken', meaning: 'Another key pair of the project has it.' },
  key_pair_in_use: {
    title: 'Servers use the key pair',
    meaning: 'Delete the servers that name it first.',
  },
  no_cluster_enabled: {
    title: 'No cluster takes new servers',
    meaning: 'Operators: register a cluster, or enable one.',
  },
  server_not_found: { title: 'No such server', meaning: 'There is none, or it belongs to another project.' },
  server_state_conflict: {
    title: 'Not in this state',
    meaning: '`detail` names the states that allow the action.',
  },
  server_not_in_cluster: {
    title: 'The server was never made',
    meaning: 'Its fault says why. All that can be done is to delete it.',
  },
  server_gone: {
    title: 'The server is gone',
    meaning: 'It does not exist in its cluster any more; somebody else deleted it.',
  },
  server_gone_while_building: {
    title: 'Deleted while it was built',
    meaning: 'Somebody deleted it in its cluster, past Ultron.',
  },
  server_vanished: {
    title: 'The server is not known any more',
    meaning: 'Its row is gone, so the task has nothing to work on.',
  },
  build_timeout: {
    title: 'Building takes too long',
    meaning: 'The cluster did not finish; another one is tried.',
  },
  action_failed: {
    title: 'The action had no effect',
    meaning: 'The cluster took it, but the server is not as it should be.',
  },
  cell_down: {
    title: 'A cell is down',
    meaning: 'The cluster cannot say how the server is until its cell is back.',
  },
  security_group_ambiguous: {
    title: 'Several security groups of one name',
    meaning: 'Give them different names in the cluster.',
  },
  openstack_quota: {
    title: 'A quota of the cluster is reached',
    meaning: 'Operators: raise the quota of the project Ultron uses there.',
  },
  openstack_capacity: {
    title: 'The cluster is full',
    meaning: 'It found no host; another cluster is tried.',
  },
  openstack_throttle: {
    title: 'The cluster asks for patience',
    meaning: 'Ultron slows down and goes on by itself.',
  },
  openstack_conflict: {
    title: 'The cluster says conflict',
    meaning: 'What was asked does not fit the state of something in the cluster.',
  },
  openstack_invalid: {
    title: 'The cluster refuses the request',
    meaning: 'It will never take it as it is; `detail` has its words.',
  },
  openstack_auth: {
    title: 'The cluster refuses our credential',
    meaning: 'Operators: give the cluster a new credential.',
  },
  openstack_gone: { title: 'Gone in the cluster', meaning: 'What the step worked on does not exist there.' },
  openstack_outage: {
    title: 'The cluster does not answer',
    meaning: 'Ultron goes on by itself when it answers again.',
  },
};
