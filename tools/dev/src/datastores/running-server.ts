import { readFile } from 'node:fs/promises';
import { Child } from '../process/child.js';
import { pause } from '../process/process-record.js';
import { Advice } from '../progress.js';
import type { ServerPlan } from './server-plan.js';

const START_LIMIT_MS = 180_000;

/** Waits until the server takes work; throws if its process ends first or it takes too long. */
export async function waitForAnswer(plan: ServerPlan, child: Child | null, logFile: string): Promise<void> {
  const deadline = Date.now() + (plan.launch ? START_LIMIT_MS : 15_000);
  while (!(await plan.answers())) {
    if (child?.hasEnded) throw new Error(`${plan.origin} ended at its start:\n${await endOf(logFile)}`);
    if (Date.now() > deadline) {
      throw new Advice(
        plan.launch
          ? `${plan.origin} does not answer:\n${await endOf(logFile)}`
          : `${plan.origin} is set, but nothing answers there.`,
      );
    }
    await pause(100);
  }
}

/** Starts the server of a plan and waits until it answers; null for a server that runs elsewhere. */
export async function startServer(plan: ServerPlan, logFile: string): Promise<Child | null> {
  await plan.prepare();
  const child = plan.launch ? await Child.start(plan.launch, logFile) : null;
  try {
    await waitForAnswer(plan, child, logFile);
    return child;
  } catch (error) {
    await child?.stop();
    throw error;
  }
}

async function endOf(logFile: string): Promise<string> {
  return (await readFile(logFile, 'utf8').catch(() => '')).split('\n').slice(-15).join('\n');
}
