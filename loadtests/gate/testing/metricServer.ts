import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** The part of a GetMetricData request that the gate sends. */
export interface GetMetricDataRequest {
  MetricDataQueries: {
    Id: string;
    MetricStat: {
      Metric: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] };
      Period: number;
      Stat: string;
    };
  }[];
  StartTime: number;
  EndTime: number;
  NextToken?: string;
}

export interface GetMetricDataAnswer {
  MetricDataResults: {
    Id: string;
    StatusCode: string;
    Timestamps: number[];
    Values: number[];
    Messages?: { Code: string; Value: string }[];
  }[];
  NextToken?: string;
}

/** A loopback server that answers CloudWatch's GetMetricData (AWS JSON 1.0) as a test says; refuses where it throws. */
export async function startMetricServer(answer: (request: GetMetricDataRequest) => GetMetricDataAnswer) {
  const requests: GetMetricDataRequest[] = [];
  const server = createServer((incoming, response) => {
    void json(incoming).then((body) => {
      const request = body as GetMetricDataRequest;
      requests.push(request);
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      try {
        response.end(JSON.stringify(answer(request)));
      } catch (error) {
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: 'InvalidParameterValue', message: String(error) }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
