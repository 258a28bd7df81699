import { USAGE, optionsOf } from './main.config.js';
import { startSimulator } from './simulator.js';

const options = read();
const simulator = await startSimulator({ ...options, warn: (message) => console.error(message) });
console.log(JSON.stringify({ url: simulator.url, clusters: simulator.clusters, pid: process.pid }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}

function read() {
  try {
    const given = optionsOf(process.argv.slice(2));
    if (given !== 'help') return given;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}
