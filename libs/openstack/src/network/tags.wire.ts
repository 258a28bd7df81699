/** `GET`/`PUT /v2.0/{resource}/{id}/tags`. */
export interface NeutronTagsWire {
  tags: string[];
}
