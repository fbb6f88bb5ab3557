const iam = "IAM policies are not exercised on this machine; whoever holds the stage's key may do everything";
const kms = 'nothing is encrypted on this machine';
const network =
  'one machine has no subnets, routes or zones; the security-group proxy alone stands for the network';

/**
 * CloudFormation types that a template may have and that are not run here, each with the reason: what
 * a verdict from this machine therefore says nothing about.
 */
export const inertTypes: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': 'API Gateway writes no log here',
  'AWS::ApiGateway::BasePathMapping': 'there is one front, on loopback, without a name of its own',
  'AWS::ApiGateway::Deployment': 'a stage serves the API as the template describes it, never an older one',
  'AWS::ApiGateway::DomainName': 'there is one front, on loopback, without a name of its own',
  'AWS::CDK::Metadata': 'it tells AWS which constructs were used',
  'AWS::CertificateManager::Certificate': 'the front is on loopback, without TLS',
  'AWS::EC2::FlowLog': network,
  'AWS::EC2::InternetGateway': network,
  'AWS::EC2::Route': network,
  'AWS::EC2::RouteTable': network,
  'AWS::EC2::SecurityGroupEgress': 'the proxy asks the rules of the group that is entered',
  'AWS::EC2::Subnet': network,
  'AWS::EC2::SubnetRouteTableAssociation': network,
  'AWS::EC2::VPC': network,
  'AWS::EC2::VPCEndpoint': 'the AWS services of this stage are on loopback',
  'AWS::EC2::VPCGatewayAttachment': network,
  'AWS::IAM::ManagedPolicy': iam,
  'AWS::IAM::OIDCProvider': iam,
  'AWS::IAM::Policy': iam,
  'AWS::IAM::Role': iam,
  'AWS::KMS::Alias': kms,
  'AWS::KMS::Key': kms,
  'AWS::Lambda::Permission': iam,
  'AWS::Redshift::ClusterParameterGroup': 'sessions on loopback need no TLS',
  'AWS::Redshift::ClusterSubnetGroup': network,
  'AWS::Route53::RecordSet': 'there is one front, on loopback, without a name of its own',
  'AWS::SNS::TopicPolicy': iam,
  'AWS::SQS::QueuePolicy': iam,
  'AWS::SecretsManager::ResourcePolicy': iam,
  'AWS::WAFv2::IPSet': 'no web ACL stands before the API here',
  'AWS::WAFv2::WebACL': 'no web ACL stands before the API here',
  'AWS::WAFv2::WebACLAssociation': 'no web ACL stands before the API here',
};
