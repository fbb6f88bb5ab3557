import { Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { systemDocumentName, type PublishedDocument } from '../../fleet/systemDocument.ts';

/** Publishes what a system says about itself; values that only the deployment knows may be tokens. */
export function publishSystemDocument(scope: Construct, document: PublishedDocument): void {
  new StringParameter(scope, 'SystemDocument', {
    parameterName: systemDocumentName(document.stage, document.system),
    description: `Where ${document.system} is: read by tools and probe`,
    stringValue: Stack.of(scope).toJsonString(document),
  });
}
