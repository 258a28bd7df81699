import { Injectable } from '@nestjs/common';
import { TaskQueue } from '@ultron/tasks/queue/task-queue';
import { Database } from '@ultron/platform/database/database.service';

/** A probe that takes longer counts as no answer. */
const PATIENCE_MS = 1_000;

@Injectable()
export class HealthProbe {
  constructor(
    private readonly database: Database,
    private readonly queue: TaskQueue,
  ) {}

  async databaseAnswers(): Promise<boolean> {
    return answersInTime(this.database.read.query('SELECT 1'));
  }

  /** As the doorbell found it: asking again would tell nothing more. */
  get redisAnswers(): boolean {
    return this.queue.works;
  }
}

async function answersInTime(question: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const answer = question.then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
