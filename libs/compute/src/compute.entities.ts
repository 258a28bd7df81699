import { ClusterFlavor } from './flavor/cluster-flavor.entity.js';
import { Flavor } from './flavor/flavor.entity.js';
import { ClusterImage } from './image/cluster-image.entity.js';
import { Image } from './image/image.entity.js';
import { KeyPair } from './key-pair/key-pair.entity.js';
import { SchedulingDecision } from './scheduling-decision/scheduling-decision.entity.js';
import { Server } from './server/server.entity.js';
import { ServerNic } from './server-nic/server-nic.entity.js';

export const computeEntities = [
  Flavor,
  ClusterFlavor,
  Image,
  ClusterImage,
  KeyPair,
  Server,
  ServerNic,
  SchedulingDecision,
];
