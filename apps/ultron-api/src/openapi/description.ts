/** The introduction of the contract, in Markdown. */
export const API_DESCRIPTION = `One door to many OpenStack clusters.

**Tokens.** Send \`Authorization: Bearer <token>\`. A token belongs to a project and has a role: a *reader* looks,
a *member* changes, an *admin* does both everywhere. What belongs to another project is not found (404).

**Work takes time and says so.** What changes a cluster is answered with \`202\`, the resource (visible at once), a task,
and the headers \`Location\` and \`Operation-Location\`. Ask \`GET /v1/tasks/{id}?wait=30s\` how it goes: the answer comes
when the task has ended or the time is over.

**Send it twice, get it once.** Every POST takes \`Idempotency-Key\`, any text of up to 128 characters. The same key with
the same body gets the same answer for 24 hours; with another body it is refused (422).

**Errors** are problem documents (RFC 9457): \`detail\` says what is wrong, \`errors\` names every bad field at once,
\`retryable\` whether the same request can succeed later, and \`trace_id\` leads operators to the cause. Unknown fields and
parameters are refused by name.

**Lists** come in pages of \`limit\` items (100 unless told, at most 1000). Follow \`next\` until it is null.

**Tracing.** A W3C \`traceparent\` is continued and \`X-Request-Id\` given back. The trace id goes on to OpenStack, whose
own logs can be searched for it.

Times are RFC 3339 in UTC; sizes carry their unit in their name (\`ram_mb\`, \`size_gb\`).`;
