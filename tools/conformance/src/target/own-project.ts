import { RawCloud, type ClusterAccess } from '../shape/raw-cloud.js';

export interface OwnProject {
  access: ClusterAccess;
  remove(): Promise<void>;
}

interface Named {
  id: string;
  name: string;
}

/** -1 is no limit. */
export interface ProjectLimits {
  instances: number;
  ports: number;
}

let made = 0;

/** A new project which the cluster's own user may use as an administrator, and which may have so much. */
export async function ownProject(access: ClusterAccess, limits: ProjectLimits): Promise<OwnProject> {
  const admin = await RawCloud.login(access);
  const name = `it-${process.pid}-${Date.now()}-${(made += 1)}`;
  const { project } = await admin.must<{ project: Named }>('identity', 'POST', '/projects', {
    body: { project: { name, domain_id: 'default' } },
  });
  const { roles } = await admin.must<{ roles: Named[] }>('identity', 'GET', '/roles?name=admin');
  const role = `/projects/${project.id}/users/${admin.userId}/roles/${roles[0]?.id}`;
  await admin.must('identity', 'PUT', role);
  await admin.must('compute', 'PUT', `/os-quota-sets/${project.id}`, {
    body: { quota_set: { instances: limits.instances } },
  });
  await admin.must('network', 'PUT', `/v2.0/quotas/${project.id}`, {
    body: { quota: { port: limits.ports } },
  });
  return {
    access: { ...access, projectName: name },
    remove: () => admin.must('identity', 'DELETE', `/projects/${project.id}`),
  };
}
