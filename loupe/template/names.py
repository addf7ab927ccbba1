"""Domains of one's own, and Route 53: the pictures' domain, and that of Slack's requests.

One domain can belong to one distribution only, so a second region has pictures under another. Requests come
to a regional entrance, which may have the same domain in both; Route 53 chooses between the two.
Source: docs.aws.amazon.com/AmazonCloudFront, "Use custom URLs by adding alternate domain names".
"""

from loupe.template.parts import Json, att, ref, resource, sub, when

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The zone of all distributions. Source: docs.aws.amazon.com/AWSCloudFormation, RecordSet AliasTarget."""
HEALTH_SECONDS, HEALTH_FAILURES = 30, 3


def pictures() -> Json:
    """The entries of the pictures' domain, for IPv4 and IPv6."""
    target = {"DNSName": att("Distribution", "DomainName"), "HostedZoneId": CLOUDFRONT_ZONE}
    common = {"HostedZoneId": ref("HostedZoneId"), "Name": ref("DomainName"), "AliasTarget": target}
    return {
        f"PicturesRecord{kind}": resource(
            "Route53::RecordSet", common | {"Type": kind}, Condition="HasDomainRecord"
        )
        for kind in ("A", "AAAA")
    }


def requests() -> Json:
    """The entrance of Slack's requests under a domain of one's own."""
    when_asked = {"Condition": "HasRequestsDomain"}
    domain = {
        "DomainName": ref("RequestsDomain"),
        "DomainNameConfigurations": [
            {
                "CertificateArn": ref("RequestsCertificateArn"),
                "EndpointType": "REGIONAL",
                "SecurityPolicy": "TLS_1_2",
            }
        ],
    }
    integration = {
        "ApiId": ref("Requests"),
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": att("Slack"),
        "PayloadFormatVersion": "2.0",
    }
    route = {
        "ApiId": ref("Requests"),
        "RouteKey": "$default",
        "AuthorizationType": "NONE",
        "Target": sub("integrations/${RequestsToSlack}"),
    }
    stage = {"ApiId": ref("Requests"), "StageName": "$default", "AutoDeploy": True}
    log = {"Format": "$context.requestId $context.status $context.integrationErrorMessage"}
    stage |= {"AccessLogSettings": log | {"DestinationArn": att("RequestsLogs")}}
    calling = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": att("Slack"),
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Requests}/*"),
    }
    mapping = {
        "ApiId": ref("Requests"),
        "DomainName": ref("RequestsDomainName"),
        "Stage": ref("RequestsStage"),
    }
    api = {"Name": sub("${AWS::StackName}-requests"), "ProtocolType": "HTTP"}
    logs = {
        "LogGroupName": sub("/aws/apigateway/${AWS::StackName}-requests"),
        "RetentionInDays": ref("LogDays"),
    }
    return {
        "Requests": resource("ApiGatewayV2::Api", api, **when_asked),
        "RequestsLogs": resource("Logs::LogGroup", logs, **when_asked),
        "RequestsToSlack": resource("ApiGatewayV2::Integration", integration, **when_asked),
        "RequestsRoute": resource("ApiGatewayV2::Route", route, **when_asked),
        "RequestsStage": resource("ApiGatewayV2::Stage", stage, **when_asked),
        "RequestsDomainName": resource("ApiGatewayV2::DomainName", domain, **when_asked),
        "RequestsMapping": resource("ApiGatewayV2::ApiMapping", mapping, **when_asked),
        "RequestsCalling": resource("Lambda::Permission", calling, **when_asked),
    }


def routing() -> Json:
    """The entry of the requests' domain: plain, the nearer region, or the first region while it is well."""
    target = {
        "DNSName": att("RequestsDomainName", "RegionalDomainName"),
        "HostedZoneId": att("RequestsDomainName", "RegionalHostedZoneId"),
        "EvaluateTargetHealth": False,
    }
    record = {
        "HostedZoneId": ref("HostedZoneId"),
        "Name": ref("RequestsDomain"),
        "Type": "A",
        "AliasTarget": target,
        "SetIdentifier": when("ByNothing", ref("AWS::NoValue"), ref("AWS::Region")),
        "Region": when("ByLatency", ref("AWS::Region")),
        "Failover": when("ByFailover", ref("RoutingRole")),
        "HealthCheckId": when("HasHealthCheck", ref("RequestsHealth")),
    }
    check = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": sub("${Requests}.execute-api.${AWS::Region}.${AWS::URLSuffix}"),
        "Port": 443,
        "ResourcePath": "/healthz",
        "RequestInterval": HEALTH_SECONDS,
        "FailureThreshold": HEALTH_FAILURES,
    }
    return {
        "RequestsRecord": resource("Route53::RecordSet", record, Condition="HasRequestsRecord"),
        "RequestsHealth": resource(
            "Route53::HealthCheck", {"HealthCheckConfig": check}, Condition="HasHealthCheck"
        ),
    }
