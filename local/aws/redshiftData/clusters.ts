import { AwsError } from '../errors.ts';

/** The PostgreSQL database that stands for a cluster. */
export interface Cluster {
  host: string;
  port: number;
  database: string;
}

/** Where each cluster's database answers, past the proxy that obeys the security groups. */
export class Clusters {
  readonly #byIdentifier = new Map<string, Cluster>();

  add(identifier: string, cluster: Cluster): void {
    this.#byIdentifier.set(identifier, cluster);
  }

  /** @throws AwsError `ValidationException` */
  get(identifier: string): Cluster {
    const cluster = this.#byIdentifier.get(identifier);
    if (cluster) return cluster;
    throw new AwsError('ValidationException', `Redshift cluster ${identifier} not found.`);
  }
}
