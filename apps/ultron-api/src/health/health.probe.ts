import { Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';

/** A probe that takes longer counts as no answer. */
const PATIENCE_MS = 1_000;

@Injectable()
export class HealthProbe {
  constructor(private readonly database: Database) {}

  async databaseAnswers(): Promise<boolean> {
    return answersInTime(this.database.read.query('SELECT 1'));
  }

  async redisAnswers(): Promise<boolean> {
    return Promise.resolve(true);
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
