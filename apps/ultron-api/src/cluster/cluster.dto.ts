import { ENDPOINT_INTERFACES, type EndpointInterface } from '@ultron/cluster/cluster/cluster.entity';
import { CLUSTER_STATES, type ClusterState } from '@ultron/cluster/cluster/cluster.state';
import { OneOf, Part, Text, Texts } from '../http/field/field.decorator.js';
import { PageQuery, SortBy } from '../http/paging/page.query.js';
import { PlainName } from './named.dto.js';

const URL_PATTERN = /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/;

const AuthUrl = (optional = false) =>
  Text({
    description: 'The address of Keystone, with or without `/v3`, as conductors of the group reach it.',
    example: 'https://keystone.east.example.com:5000/v3',
    pattern: URL_PATTERN,
    patternText: 'an http or https address without user, query and fragment',
    optional,
  });

const STATE_TEXT =
  '`enabled` takes new servers; `draining` only changes of the ones it has; `read_only` and `maintenance` none; ' +
  '`down` is not even read.';

const State = () => OneOf(CLUSTER_STATES, { description: STATE_TEXT, optional: true });

const Capabilities = () =>
  Texts({
    description: 'What it can do beyond what is discovered, by the names a request may ask for.',
    example: ['local_disk'],
    itemMax: 127,
    optional: true,
  });

const Interface = () =>
  OneOf(ENDPOINT_INTERFACES, {
    description: 'Which endpoints of the catalog are used; `public` unless told.',
    optional: true,
  });

/** Either a user with a password and a project, or an application credential. */
export class CredentialBody {
  @Text({ description: 'The user.', example: 'ultron', optional: true })
  username?: string;

  @Text({ description: 'Never shown again.', example: 'a long secret', optional: true })
  password?: string;

  @Text({ description: 'The domain of the user; `Default` unless told.', example: 'Default', optional: true })
  user_domain_name?: string;

  @Text({ description: 'The project in which Ultron works.', example: 'ultron', optional: true })
  project_name?: string;

  @Text({
    description: 'The domain of the project; `Default` unless told.',
    example: 'Default',
    optional: true,
  })
  project_domain_name?: string;

  @Text({ description: 'Instead of a user: an application credential.', example: null, optional: true })
  application_credential_id?: string;

  @Text({ description: 'Never shown again.', example: null, optional: true })
  application_credential_secret?: string;
}

export class ClusterCreateBody {
  @PlainName('Unique among the clusters.', 'east-1')
  name!: string;

  @Text({ description: 'The building it stands in: name or id.', example: 'frankfurt-1' })
  idc!: string;

  @Text({ description: 'The conductors that serve it: name or id of their group.', example: 'default' })
  conductor_group!: string;

  @AuthUrl()
  auth_url!: string;

  @Text({ description: 'Needed only where the catalog has several.', example: 'RegionOne', optional: true })
  region?: string;

  @Interface()
  interface?: EndpointInterface;

  @Part(() => CredentialBody, {
    description: 'How Ultron logs in; kept encrypted and never shown.',
    example: { username: 'ultron', password: 'a long secret', project_name: 'ultron' },
  })
  credential!: CredentialBody;

  @State()
  state?: ClusterState;

  @Capabilities()
  capabilities?: string[];
}

/** What is left out stays as it is. A change of how the cluster is reached starts a new probe. */
export class ClusterPatchBody {
  @PlainName('Unique among the clusters.', 'east-1', true)
  name?: string;

  @Text({ description: 'Name or id.', example: 'frankfurt-1', optional: true })
  idc?: string;

  @Text({ description: 'Name or id.', example: 'default', optional: true })
  conductor_group?: string;

  @AuthUrl(true)
  auth_url?: string;

  @Text({ description: 'Null: the only one there is.', example: 'RegionOne', optional: true, nullable: true })
  region?: string | null;

  @Interface()
  interface?: EndpointInterface;

  @Part(() => CredentialBody, { description: 'Replaces the whole credential.', optional: true })
  credential?: CredentialBody;

  @State()
  state?: ClusterState;

  @Text({
    description: 'Why, for those who come after.',
    example: 'new switches',
    optional: true,
    nullable: true,
  })
  state_reason?: string | null;

  @Capabilities()
  capabilities?: string[];
}

export class ClusterQuery extends PageQuery {
  @Text({ description: 'Only the cluster of this name.', example: 'east-1', optional: true })
  name?: string;

  @Text({ description: 'Only those in this IDC: name or id.', example: 'frankfurt-1', optional: true })
  idc?: string;

  @Text({
    description: 'Only those of this conductor group: name or id.',
    example: 'default',
    optional: true,
  })
  conductor_group?: string;

  @State()
  state?: ClusterState;

  @SortBy(['created_at', 'name'])
  sort?: string;
}
