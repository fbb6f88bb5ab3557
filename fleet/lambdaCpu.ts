/**
 * Memory in MiB at which a Lambda function has one whole vCPU; with less it has that much less of one:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html, read on 2026-11-27.
 */
export const oneVcpuMiB = 1_769;
