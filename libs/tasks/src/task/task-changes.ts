export class TaskChanges {
  async wait(_id: string, _version: number, _ms: number, _signal?: AbortSignal): Promise<void> {
    throw new Error('coming');
  }
}
