import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ProjectService } from '@ultron/identity/project/project.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { created, HttpReply } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { ProjectCreateBody, ProjectList, ProjectQuery, projectView, ProjectView } from './project.dto.js';

@Controller('v1/projects')
export class ProjectController {
  constructor(
    private readonly projects: ProjectService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'createProject',
    tag: 'Projects',
    summary: 'Create a project',
    description: 'A project is there at once; there is no task.',
    access: 'admin',
    replies: { 201: { shape: ProjectView, description: 'The project.' } },
    problems: { 409: 'project_name_taken' },
  })
  async create(
    @Body() body: ProjectCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const reply = await this.idempotency.run(claim, async (tx) => {
      const project = await this.projects.create(tx, {
        name: body.name,
        description: body.description ?? '',
      });
      return created(`/v1/projects/${project.id}`, projectView(project));
    });
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listProjects',
    tag: 'Projects',
    summary: 'List the projects',
    access: 'admin',
    replies: { 200: { shape: ProjectList, description: 'A page of projects.' } },
  })
  async list(@Query() query: ProjectQuery): Promise<HttpReply> {
    return listReply({
      path: '/v1/projects',
      name: 'projects',
      query,
      defaultSort: 'created_at',
      shape: ProjectView,
      find: async (page) => (await this.projects.list(query.name, page)).map(projectView),
      sortValue: (project, sort: 'created_at' | 'name') => project[sort],
    });
  }

  @Get(':id')
  @Operation({
    id: 'getProject',
    tag: 'Projects',
    summary: 'Show a project',
    access: 'admin',
    replies: { 200: { shape: ProjectView, description: 'The project.' } },
    problems: { 404: 'project_not_found' },
  })
  async get(@PathId() id: string): Promise<ProjectView> {
    return projectView(await this.projects.get(id));
  }
}
