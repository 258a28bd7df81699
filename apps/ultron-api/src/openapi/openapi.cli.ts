import { writeFileSync } from 'node:fs';
import { apiRoutes } from '../api.routes.js';
import { DOMAINS } from '../domain.names.js';
import { openApiDocument } from './document.js';

/** Writes the contract that is checked in; `npm run openapi -w @ultron/api`. */
const file = new URL('../../openapi.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(openApiDocument(apiRoutes(DOMAINS)), null, 2)}\n`);
process.stdout.write(`${file.pathname} is up to date\n`);
