import { setTimeout as sleep } from 'node:timers/promises';
import { computeWalk } from './compute.walk.js';
import { errorWalk } from './error.walk.js';
import { identityWalk } from './identity.walk.js';
import { imageWalk } from './image.walk.js';
import { networkWalk } from './network.walk.js';
import { placementWalk } from './placement.walk.js';
import { RawCloud, type Answer, type ClusterAccess, type Question } from './raw-cloud.js';
import { routingWalk } from './routing.walk.js';
import { record, type Recording } from './shape.rules.js';
import { subnetWalk } from './subnet.walk.js';

/** Asks a cluster and notes down what each answer looks like. */
export class Walker {
  readonly recording: Recording = {};
  /** The answers themselves, for people who want to see values. */
  readonly answers: Record<string, { status: number; headers: Record<string, string>; body: unknown }> = {};

  constructor(readonly cloud: RawCloud) {}

  async ask(
    name: string,
    service: string,
    method: string,
    path: string,
    question: Question = {},
  ): Promise<Answer> {
    const answer = await this.cloud.ask(service, method, path, question);
    this.recording[name] = record(answer);
    this.answers[name] = {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: answer.body,
    };
    return answer;
  }

  /** Looks until the answer is as wanted, 120 s at most; only the last look is noted down by those who ask. */
  async until<Body>(
    service: string,
    path: string,
    wanted: (body: Body, status: number) => boolean,
  ): Promise<Body> {
    for (const end = Date.now() + 120_000; ; await sleep(100)) {
      const { body, status } = await this.cloud.ask(service, 'GET', path);
      if (wanted(body as Body, status)) return body as Body;
      if (Date.now() > end)
        throw new Error(`${service}${path} never became as wanted: ${JSON.stringify(body)}`);
    }
  }
}

/** Every question of the contract, asked of one cluster; what is made on the way is deleted again. */
export async function walk(access: ClusterAccess): Promise<Walker> {
  const walker = new Walker(await RawCloud.login(access));
  await identityWalk(walker);
  await imageWalk(walker);
  await placementWalk(walker);
  await networkWalk(walker);
  await subnetWalk(walker);
  await routingWalk(walker);
  await computeWalk(walker);
  await errorWalk(walker);
  return walker;
}
