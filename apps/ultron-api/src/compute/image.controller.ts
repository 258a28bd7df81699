import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ImageService } from '@ultron/compute/image/image.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { created, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { NamedThingQuery } from './flavor.dto.js';
import { ImageBody, ImageCreateBody, ImageList, imageView } from './image.dto.js';
import { pageOfNamed } from '../http/paging/named.page.js';

const TAG = 'Images';

@Controller('v1/images')
export class ImageController {
  constructor(
    private readonly images: ImageService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'registerImage',
    tag: TAG,
    summary: 'Give images of the clusters a common name',
    description:
      'Images of one name are known under it without this. Where their names differ, say here which image of which ' +
      'cluster serves the common one. Nothing is copied; it is so at once and there is no task.',
    access: 'admin',
    replies: { 201: { shape: ImageBody, description: 'The image.' } },
  })
  async create(
    @Body() body: ImageCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const choices = body.clusters.map(({ cluster, openstack_id: openstackId }) => ({ cluster, openstackId }));
    const reply = await this.idempotency.run(claim, async (tx) => {
      const image = await this.images.register(tx, body.name, choices);
      return created(`/v1/images/${image.id}`, imageView(image));
    });
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listImages',
    tag: TAG,
    summary: 'List the images',
    replies: { 200: { shape: ImageList, description: 'A page of images.' } },
  })
  async list(@Query() query: NamedThingQuery): Promise<HttpReply> {
    const images = (await this.images.list()).filter(
      ({ name }) => query.name === undefined || name === query.name,
    );
    return listReply<ImageBody, 'name'>({
      path: '/v1/images',
      name: 'images',
      query,
      defaultSort: 'name',
      shape: ImageBody,
      find: async (page) => pageOfNamed(images, page).map(imageView),
      sortValue: (image) => image.name,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getImage',
    tag: TAG,
    summary: 'Show an image',
    replies: { 200: { shape: ImageBody, description: 'The image.' } },
    problems: { 404: 'image_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    return ok(imageView(await this.images.get(id)));
  }
}
