/** How what Ultron makes is found again, whatever became of the answer to the call that made it. */

/** The key of a Nova server's metadata that holds the id of Ultron's server. */
export const OWNER_KEY = 'ultron_id';

/** The tag of a server, where the cluster takes tags at creation (Nova 2.52): looked up by equality. */
export const ownerTag = (serverId: string): string => `ultron:id=${serverId}`;

/** The name of a server's port: names of ports can be looked up by equality, several at once. */
export const portName = (serverId: string, position = 0): string =>
  position === 0 ? `ultron-${serverId}` : `ultron-nic${'abcdefghijkl'[position]}-${serverId}`;

/** The names of all the ports that a server with so many networks may have. */
export const portNames = (serverId: string, nics: number): string[] =>
  Array.from({ length: nics }, (_, position) => portName(serverId, position));

/** The name of a key pair in Nova, where it belongs to Ultron's user and not to a project. */
export const keyPairName = (keyPairId: string): string => `ultron-${keyPairId}`;

/** Nova takes names as regular expressions of the cluster's database; a dot is the only special character of ours. */
export const exactName = (name: string): string => `^${name.replaceAll('.', '\\.')}$`;

/** Whether the metadata is that of the server. */
export const bearsMark = (metadata: Record<string, string> | undefined, serverId: string): boolean =>
  metadata?.[OWNER_KEY] === serverId;
