import { Controller, Get, Query } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { Database } from '@ultron/platform/database/database.service';
import { pageOfNamed } from '../http/paging/named.page.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { HttpReply, ok } from '../http/reply/http.reply.js';
import { NetworkBody, NetworkList, NetworkQuery, networkView } from './network.dto.js';

@Controller('v1/networks')
export class NetworkController {
  constructor(
    private readonly networks: NetworkRepository,
    private readonly database: Database,
  ) {}

  @Get()
  @Operation({
    id: 'listNetworks',
    tag: 'Networks',
    summary: 'List the networks',
    description: 'A name stands for the Neutron network of that name in each cluster.',
    replies: { 200: { shape: NetworkList, description: 'A page of networks.' } },
  })
  async list(@Query() query: NetworkQuery): Promise<HttpReply> {
    const networks = (await this.networks.list(this.database.read)).filter(
      ({ name }) => query.name === undefined || name === query.name,
    );
    const rows = await this.networks.listClusterNetworks(this.database.read);
    const byNetwork = Map.groupBy(rows, (row) => row.networkId);
    return listReply<NetworkBody, 'name'>({
      path: '/v1/networks',
      name: 'networks',
      query,
      defaultSort: 'name',
      shape: NetworkBody,
      find: async (page) =>
        pageOfNamed(networks, page).map((network) => networkView(network, byNetwork.get(network.id) ?? [])),
      sortValue: (network) => network.name,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getNetwork',
    tag: 'Networks',
    summary: 'Show a network',
    replies: { 200: { shape: NetworkBody, description: 'The network.' } },
    problems: { 404: 'network_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    const network = await this.networks.find(this.database.read, id);
    if (!network) {
      throw new Fault({
        code: 'network_not_found',
        category: 'not_found',
        detail: `There is no network ${id}.`,
      });
    }
    return ok(networkView(network, await this.networks.listClusterNetworks(this.database.read, id)));
  }
}
