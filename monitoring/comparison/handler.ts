import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { systemClock } from '../../core/clock.ts';
import { comparisonMetrics } from '../../service/metrics.ts';
import { publishedSystem } from '../../fleet/names.ts';
import { systemDimension } from '../../fleet/systemDimension.ts';
import { readDocuments } from '../../fleet/discovery.ts';
import { readStage, readVariable } from '../env.ts';
import { documentsClient } from '../documentsClient.ts';
import { limits } from '../limits.ts';
import { publishOwnMetrics } from '../ownMetrics.ts';
import { scheduledTime } from '../scheduledTime.ts';
import { compare, comparedOf } from './compare.ts';
import { readWindow } from './readWindow.ts';

const stage = readStage();
const periodSeconds = Number(readVariable('METRIC_PERIOD_SECONDS'));
const capacity = {
  apiReservedConcurrency: Number(readVariable('API_RESERVED_CONCURRENCY')),
  subscriberMaximumConcurrency: Number(readVariable('SUBSCRIBER_MAXIMUM_CONCURRENCY')),
};
const ssm = documentsClient();
// Five hundred metrics in one answer take their time; nobody waits for this one.
const cloudWatch = new CloudWatchClient();
const logger = new Logger({ serviceName: 'comparison', persistentKeys: { stage } });

/** Lambda entry: a scheduled event. Publishes for each system how far it is from its like; logs in what. */
export const handler = async (event: { time?: string }): Promise<void> => {
  const atMs = scheduledTime(event, systemClock.now());
  const { systems, unreadable } = await readDocuments(ssm, stage);
  for (const { system, message } of unreadable) logger.error(`not compared: ${message}`, { system });
  const wanted = systems.flatMap((document) =>
    comparedOf(publishedSystem(document, capacity), periodSeconds).map((measurement) => ({
      system: document.system,
      measurement,
    })),
  );
  const readings = await readWindow(cloudWatch, wanted, {
    startMs: atMs - limits.outliers.windowPeriods * periodSeconds * 1_000,
    endMs: atMs,
  });
  const outliers = compare(readings);
  for (const { system, signal, value, median, score } of outliers) {
    logger.warn(`${system} stands out in ${signal}`, { system, signal, value, median, score });
  }
  for (const { system } of systems) {
    const farthest = outliers.find((outlier) => outlier.system === system);
    publishOwnMetrics(
      systemDimension(stage, system),
      [[comparisonMetrics.outlierScore, Math.abs(farthest?.score ?? 0)]],
      atMs,
    );
  }
};
