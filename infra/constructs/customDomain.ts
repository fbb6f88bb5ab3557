import {
  CfnBasePathMapping,
  DomainName,
  EndpointType,
  SecurityPolicy,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { StageConfig } from '../../fleet/fleet.ts';
import { customDomainName } from '../../fleet/names.ts';

type Domain = NonNullable<StageConfig['domain']>;

/** The stage's own name for its APIs: certificate, regional domain and DNS record. */
export function addCustomDomain(scope: Construct, domain: Domain): void {
  const domainName = customDomainName(domain);
  const zone = HostedZone.fromHostedZoneAttributes(scope, 'Zone', {
    hostedZoneId: domain.hostedZoneId,
    zoneName: domain.zone,
  });
  const apiDomain = new DomainName(scope, 'CustomDomain', {
    domainName,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
    certificate: new Certificate(scope, 'Certificate', {
      domainName,
      validation: CertificateValidation.fromDns(zone),
    }),
  });
  new ARecord(scope, 'CustomDomainRecord', {
    zone,
    recordName: domainName,
    target: RecordTarget.fromAlias(new ApiGatewayDomain(apiDomain)),
  });
}

/** Puts a system's API below the stage's name, under the system's own. */
export function mapCustomDomain(scope: Construct, api: RestApi, domain: Domain, system: string): void {
  new CfnBasePathMapping(scope, 'CustomDomainPath', {
    domainName: customDomainName(domain),
    basePath: system,
    restApiId: api.restApiId,
    stage: api.deploymentStage.stageName,
  });
}
