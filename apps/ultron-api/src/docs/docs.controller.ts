import { Controller, Get, Inject } from '@nestjs/common';
import { Operation } from '../http/operation/operation.decorator.js';
import { HttpReply } from '../http/reply/http.reply.js';
import { openApiDocument } from '../openapi/document.js';
import type { ApiRoute } from '../openapi/route.list.js';
import { API_ROUTES } from './api.routes.token.js';
import { RootBody } from './docs.dto.js';
import { PAGE_HEADERS } from './page.layout.js';
import { problemsPage } from './problems.page.js';
import { referencePage } from './reference.page.js';

@Controller()
export class DocsController {
  private readonly made = new Map<string, string>();

  constructor(@Inject(API_ROUTES) private readonly routes: () => readonly ApiRoute[]) {}

  @Get()
  @Operation({
    id: 'getRoot',
    tag: 'Service',
    summary: 'Show where to begin',
    access: 'public',
    replies: { 200: { shape: RootBody, description: 'The addresses to begin with.' } },
  })
  root(): RootBody {
    return { name: 'Ultron', docs: '/docs', openapi: '/openapi.json', api: '/v1', health: '/readyz' };
  }

  @Get('docs')
  @Operation({
    id: 'getDocs',
    tag: 'Service',
    summary: 'Read this reference',
    access: 'public',
    replies: { 200: { description: 'A page for people.', mediaType: 'text/html' } },
  })
  docs(): HttpReply {
    return new HttpReply(
      200,
      this.once('docs', () => referencePage(this.routes())),
      PAGE_HEADERS,
    );
  }

  @Get('docs/problems')
  @Operation({
    id: 'getProblems',
    tag: 'Service',
    summary: 'Read what the problems mean',
    access: 'public',
    replies: { 200: { description: 'A page for people.', mediaType: 'text/html' } },
  })
  problems(): HttpReply {
    return new HttpReply(200, this.once('problems', problemsPage), PAGE_HEADERS);
  }

  @Get('openapi.json')
  @Operation({
    id: 'getOpenApi',
    tag: 'Service',
    summary: 'Get the contract',
    access: 'public',
    replies: {
      200: {
        description: 'The OpenAPI 3.1 document of what this process serves.',
        mediaType: 'application/json',
      },
    },
  })
  openApi(): HttpReply {
    const text = this.once('openapi', () => JSON.stringify(openApiDocument(this.routes())));
    return new HttpReply(200, text, { 'content-type': 'application/json; charset=utf-8' });
  }

  private once(name: string, make: () => string): string {
    const text = this.made.get(name) ?? make();
    this.made.set(name, text);
    return text;
  }
}
