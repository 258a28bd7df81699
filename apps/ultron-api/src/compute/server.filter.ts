import { OfferService } from '@ultron/compute/offer/offer.service';
import type { Offer } from '@ultron/compute/offer/offer';
import type { ServerFilter } from '@ultron/compute/server/server.repository';
import type { Caller } from '@ultron/identity/caller/caller';
import { maySee, projectToReadIn } from '@ultron/identity/caller/caller.rules';
import { Inject, Injectable } from '@nestjs/common';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { ServerQuery } from './server.dto.js';

/** What a query of servers asks for, with names found. What nobody knows has no servers. */
@Injectable()
export class ServerFilterReader {
  constructor(
    @Inject(OfferService) private readonly offers: OfferService,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  async read(caller: Caller, query: ServerQuery): Promise<ServerFilter> {
    const offer = await this.offers.current();
    return {
      projectId: projectToReadIn(caller, query.project_id),
      name: query.name,
      status: query.status,
      clusterIds: clustersOf(offer, query),
      flavorId: idOf(offer.flavors, query.flavor),
      imageId: idOf(offer.images, query.image),
      networkId: idOf(offer.networks, query.network),
      vpcId: query.vpc,
      subnetId: query.subnet,
      ids: query.task_id === undefined ? undefined : await this.serversOf(caller, query.task_id),
      createdAfter: dateOf(query.created_after),
      createdBefore: dateOf(query.created_before),
      updatedAfter: dateOf(query.updated_after),
    };
  }

  private async serversOf(caller: Caller, taskId: string): Promise<string[]> {
    const task = await this.tasks.find(taskId);
    if (!task || !maySee(caller, task.project_id)) return [];
    const tasks = [task, ...(await this.tasks.itemsOf(taskId))];
    return tasks.flatMap(({ resource }) => (resource?.kind === 'server' ? [resource.id] : []));
  }
}

function clustersOf({ clusters }: Offer, { cluster, idc }: ServerQuery): string[] | undefined {
  if (cluster === undefined && idc === undefined) return undefined;
  return clusters
    .all()
    .filter((one) => cluster === undefined || one.id === cluster || one.name === cluster)
    .filter((one) => idc === undefined || one.idcId === idc || one.idcName === idc)
    .map((one) => one.id);
}

/** An unknown name stands for itself: it is no id of anything. */
const idOf = (things: { find(nameOrId: string): { id: string } | null }, wanted: string | undefined) =>
  wanted === undefined ? undefined : (things.find(wanted)?.id ?? wanted);

const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);
