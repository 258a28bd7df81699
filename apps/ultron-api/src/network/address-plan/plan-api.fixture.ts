import { expect } from '@jest/globals';
import { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import { type Answer, TestApi } from '../../testing/api.fixture.js';
import { addProbedClusters } from '../../testing/compute.fixture.js';

export interface Segment {
  id: string;
  cidr: string;
  state: string;
  cluster: { id: string; name: string } | null;
  free: number;
  bound: number;
  taken_out: number;
}
export interface ClusterUsage {
  cluster: { id: string; name: string };
  free: number;
  coming: number;
  replenishable: number;
  largest_batch: number;
  idle: boolean;
}

export let api: TestApi;
let clusters: Map<string, string>;
/** Starts the API with five clusters of one IDC; called by the tests of a file before all. */
export async function startPlanApi(): Promise<void> {
  api = await TestApi.start();
  const rooms = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`east-${n}`, 500]));
  clusters = await addProbedClusters(api, rooms);
}

export const part = <T>(type: new (...args: never[]) => T): T => api.app.get(type, { strict: false });
export const post = (path: string, body: object, more: object = {}): Promise<Answer> =>
  api.ask('POST', path, { body, ...more });
export const get = (path: string, more: object = {}): Promise<Answer> => api.ask('GET', path, more);
export const clusterId = (name: string): string => clusters.get(name) ?? '';

let pools = 0;
/** A VPC in a pool of its own. */
export async function newVpc(body: object = {}): Promise<string> {
  const pool = `pool-${pools}`;
  await post('/v1/address_pools', { name: pool, cidr: `10.${pools++}.0.0/16` });
  const made = await post('/v1/vpcs', { name: 'shop', address_pool: pool, idcs: ['east'], ...body });
  expect(made.status).toBe(201);
  return String(made.body['id']);
}
/** Its subnet, not yet built. */
export async function newSubnet(vpcId: string): Promise<string> {
  const made = await post(`/v1/vpcs/${vpcId}/subnets`, { idc: 'east' });
  expect(made.status).toBe(202);
  return (made.body['subnet'] as { id: string }).id;
}
export async function segmentsOf(subnetId: string, query = ''): Promise<Segment[]> {
  return (await get(`/v1/subnets/${subnetId}/segments${query}`)).body['segments'] as Segment[];
}
/** What conductors would do. */
export async function build(subnetId: string): Promise<void> {
  const segments = part(SegmentService);
  for (const { id, state } of await segmentsOf(subnetId)) {
    if (state === 'reserved') {
      await segments.beginCreating(id);
      await segments.activate(id);
    }
  }
}
export async function builtVpc(): Promise<{ vpcId: string; subnetId: string }> {
  const vpcId = await newVpc();
  const subnetId = await newSubnet(vpcId);
  await build(subnetId);
  return { vpcId, subnetId };
}
export async function usageOf(vpcId: string, name: string): Promise<ClusterUsage | undefined> {
  const { body } = await get(`/v1/vpcs/${vpcId}/usage`);
  return (body['clusters'] as ClusterUsage[]).find(({ cluster }) => cluster.name === name);
}
export function expectProblem(answer: Answer, status: number, code: string, pointer?: string): void {
  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
  if (pointer !== undefined) {
    expect((answer.body['errors'] as { pointer: string }[]).map((one) => one.pointer)).toContain(pointer);
  }
}
