import { mkdir, writeFile } from 'node:fs/promises';
import { labTarget } from '../target/lab.target.js';
import { walk } from './walk.js';

/**
 * `node dist/shape/record.js [FOLDER]`: writes down the shapes of every answer of the lab's clusters as the truth for
 * the simulator; with a folder also the answers themselves, for people who want to see values.
 */
const folder = process.argv[2];
for (const access of (await labTarget()).clusters) {
  const { recording, answers } = await walk(access);
  const lines = Object.entries(recording).map(
    ([question, answer]) => `${JSON.stringify(question)}: ${JSON.stringify(answer)}`,
  );
  await writeFile(
    new URL(`../../recorded/${access.release}.json`, import.meta.url),
    `{\n${lines.join(',\n')}\n}\n`,
  );
  if (folder) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/${access.release}.json`, JSON.stringify(answers, null, 2));
  }
}
