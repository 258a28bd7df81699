import { RawCloud, type ClusterAccess } from '../shape/raw-cloud.js';

export interface LimitedProject {
  access: ClusterAccess;
  remove(): Promise<void>;
}

interface Named {
  id: string;
  name: string;
}

/** A new project, which the cluster's own user may use, and which may have so many servers and ports. */
export async function limitedProject(
  access: ClusterAccess,
  limit: { instances: number; ports: number },
): Promise<LimitedProject> {
  const admin = await RawCloud.login(access);
  const name = `limited-${Date.now()}`;
  const { project } = await admin.must<{ project: Named }>('identity', 'POST', '/projects', {
    body: { project: { name, domain_id: 'default' } },
  });
  const { roles } = await admin.must<{ roles: Named[] }>('identity', 'GET', '/roles?name=admin');
  await admin.must('identity', 'PUT', `/projects/${project.id}/users/${admin.userId}/roles/${roles[0]?.id}`);
  await admin.must('compute', 'PUT', `/os-quota-sets/${project.id}`, {
    body: { quota_set: { instances: limit.instances } },
  });
  await admin.must('network', 'PUT', `/v2.0/quotas/${project.id}`, {
    body: { quota: { port: limit.ports } },
  });
  return {
    access: { ...access, projectName: name },
    remove: () => admin.must('identity', 'DELETE', `/projects/${project.id}`),
  };
}
