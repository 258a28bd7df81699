import { readFileSync } from 'node:fs';
import { newId } from '@ultron/kernel/id';
import { Queue } from 'bullmq';
import Fastify from 'fastify';
import { createPool } from 'mysql2/promise';
import type { RowTemplate } from './row-template.js';

/**
 * The bare minimum of accepting a server: a Fastify handler that checks the body with a JSON schema, inserts the rows
 * that Ultron inserts in one transaction, and adds one job to a queue. It neither authorises nor places, and it leaves
 * out the capacity counters, so that its requests never wait for each other's locks.
 */
const [templateFile = '', databaseUrl = '', redisUrl = ''] = process.argv.slice(2);
const template = JSON.parse(readFileSync(templateFile, 'utf8')) as RowTemplate;
const pool = createPool({ uri: databaseUrl, connectionLimit: 20, timezone: 'Z', charset: 'utf8mb4' });
const redis = new URL(redisUrl);
const queue = new Queue('bare', {
  connection: {
    host: redis.hostname,
    port: Number(redis.port),
    username: decodeURIComponent(redis.username) || undefined,
    password: decodeURIComponent(redis.password) || undefined,
    maxRetriesPerRequest: null,
  },
});

const app = Fastify();
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'flavor', 'image', 'network'],
  properties: {
    name: { type: 'string', maxLength: 63 },
    count: { type: 'integer', minimum: 1, maximum: 100 },
    flavor: { type: 'string' },
    image: { type: 'string' },
    network: { type: 'string' },
  },
};
app.post('/servers', { schema: { body } }, async (request, reply) => {
  const ids = Array.from({ length: template.ids }, () => newId());
  await write(ids);
  const [server, task] = ids;
  await queue.add('task', { taskId: task, v: 1 }, { jobId: `${task}-0`, removeOnComplete: true });
  return reply.code(202).send({ server: { id: server, ...(request.body as object) }, task: { id: task } });
});

async function write(ids: readonly string[]): Promise<void> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    for (const { insert, rows } of template.tables) {
      for (const row of rows) {
        const values = row.map((value) =>
          typeof value === 'object' && value !== null ? (ids[value.id] ?? '') : value,
        );
        await connection.execute(insert, values);
      }
    }
    await connection.commit();
  } finally {
    connection.release();
  }
}

await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
console.log(JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }));
process.once(
  'SIGTERM',
  () => void Promise.all([app.close(), queue.close(), pool.end()]).then(() => process.exit(0)),
);
