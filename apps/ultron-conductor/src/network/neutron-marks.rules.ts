/** How ports, routers, floating IPs and QoS policies of Ultron are found again, whatever became of the answer. */

/** The name; the description of a floating IP, which has no name. Both can be looked up by equality everywhere. */
export const neutronMark = (id: string): string => `ultron-${id}`;

/** The tag, where the cluster knows tags. */
export const neutronTag = (id: string): string => `ultron:id=${id}`;
