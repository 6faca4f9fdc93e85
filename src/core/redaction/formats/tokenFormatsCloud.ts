/** Forms of the tokens of clouds, databases, monitoring, and tools for secrets and infrastructure. */
import { formatTable } from './tokenFormat.ts';

/** The table of this family; `formatTable` describes the columns. */
export const cloudFormats = formatTable(String.raw`
1password-key | A3- | [A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3} | https://support.1password.com/secret-key/
1password-token | ops_eyJ | [A-Za-z0-9+/_-]{100,4000}={0,3} | https://developer.1password.com/docs/service-accounts/
alibaba-key (mixed) | LTAI | [A-Za-z0-9]{12,26} | https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair
aws-access-key | AKIA ASIA ABIA ACCA | [A-Z0-9]{16} | https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
aws-bedrock-key | ABSK bedrock-api-key- | [A-Za-z0-9+/]{64,2000}={0,2} | https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
aws-session-token | IQoJb3JpZ2lu FwoGZXIvYXdz FQoGZXIvYXdz | [A-Za-z0-9+/=]{64,4000} | https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html
axiom-token | xaat- xapt- xaip- | [a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12} | https://axiom.co/docs/reference/tokens
azure-sas | sig= | [A-Za-z0-9%/+]{43,120}(?:=|%3[Dd]) | https://learn.microsoft.com/azure/storage/common/storage-sas-overview
bitwarden-token | 0. | [a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/=]{24} | https://bitwarden.com/help/access-tokens/
clickhouse-key (mixed) | 4b1d | [A-Za-z0-9]{38} | https://clickhouse.com/docs/cloud/manage/openapi
cloudflare-key | v1.0- | [a-f0-9]{24}-[a-f0-9]{100,200} | https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/
cloudflare-token | cfut_ cfat_ cfk_ cfpat_ | [\w-]{40,60} | https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/
databricks-token | dapi dkea dose dosa | [a-f0-9]{32}(?:-\d)? | https://docs.databricks.com/aws/en/dev-tools/auth/pat
datadog-key | ddapi_ ddapp_ ddpat_ ddsat_ pub | [a-f0-9]{32,40} | https://docs.datadoghq.com/account_management/api-app-keys/
defined-key | dnkey- | [\w=-]{26}-[\w=-]{52} | https://docs.defined.net/guides/rotating-api-keys/
digitalocean-token | dop_v1_ doo_v1_ dor_v1_ dos_v1_ do_v1_ | [a-f0-9]{64} | https://docs.digitalocean.com/reference/api/create-personal-access-token/
doppler-token | dp.pt. dp.ct. dp.scim. dp.audit. dp.sa. dp.said. dp.st. | (?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44} | https://docs.doppler.com/docs/token-formats
dynatrace-token | dt0c01. dt0s01. dt0s02. dt0s06. dt0s08. | [A-Za-z0-9-]{8,24}\.[A-Za-z0-9]{64} | https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens
elastic-key | essu_ essa_ VnVhQ2ZHY0JDZGJrU | [\w+/=-]{30,400} | https://www.elastic.co/docs/deploy-manage/api-keys
fly-token | fo1_ fm1r_ fm1a_ fm2_ | [\w+/,-]{40,4000}={0,3} | https://fly.io/docs/security/tokens/
google-key | AIza | [\w-]{35} | https://cloud.google.com/docs/authentication/api-keys
google-token | ya29. GOCSPX- 1//0 | [\w.-]{20,2000} | https://developers.google.com/identity/protocols/oauth2
grafana-token | glsa_ glc_ eyJrIjoi | [\w+/=]{32,500} | https://grafana.com/docs/grafana/latest/administration/service-accounts/
heroku-key | HRKU- | [\w-]{36,80} | https://devcenter.heroku.com/articles/authentication
honeycomb-key | hcaik_ hcbik_ hcxik_ hcalk_ hcamk_ | [a-z0-9]{40,80} | https://docs.honeycomb.io/configure/environments/manage-api-keys/
ibm-key | ApiKey- | [A-Za-z0-9-]{36,64} | https://cloud.ibm.com/docs/account?topic=account-manapikey
infisical-token | st. | [a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32} | https://infisical.com/docs/
launchdarkly-key | sdk- mob- api- rel- | [a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12} | https://launchdarkly.com/docs/api
mongodb-key | mdb_sa_sk_ mdb_sa_id_ | [\w-]{20,60} | https://www.mongodb.com/docs/atlas/configure-api-access/
neon-key | napi_ | [A-Za-z0-9]{40,80} | https://neon.com/docs/manage/api-keys
neon-key (mixed) | neon_ npg_ | [A-Za-z0-9]{12,80} | https://neon.com/docs/manage/api-keys
netlify-token | nfp_ nfc_ nfo_ nfu_ nfb_ | [\w-]{36,60} | https://docs.netlify.com/api/get-started/
newrelic-key | NRAK- NRII- NRIQ- NRJS- NRRA- NRAA- NRBR- | [A-Za-z0-9_-]{19,64} | https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
ngrok-token (mixed) | ngrok_ cr_ | [A-Za-z0-9_]{30,60} | https://ngrok.com/docs/
openshift-token | sha256~ | [\w-]{43} | https://docs.redhat.com/en/documentation/openshift_container_platform/
pagerduty-key (mixed) | u+ y_ | [\w-]{18} | https://support.pagerduty.com/main/docs/api-access-keys
planetscale-token | pscale_tkn_ pscale_oauth_ pscale_pw_ pscale_api_ | [\w=.-]{32,80} | https://planetscale.com/docs/api/reference/service-tokens
posthog-key | phx_ phs_ pha_ phr_ phc_ | [A-Za-z0-9]{32,60} | https://posthog.com/docs/api
render-key | rnd_ | [A-Za-z0-9]{24,40} | https://render.com/docs/api
scaleway-key | SCW | [A-Z0-9]{17} | https://www.scaleway.com/en/docs/iam/concepts/
scalingo-token | tk-us- tk-eu- | [\w-]{48} | https://developers.scalingo.com/
sentry-token | sntrys_ sntryu_ sntrya_ sntryi_ | [\w+/=-]{40,600} | https://docs.sentry.io/account/auth-tokens/
snowflake-token | ver:1-hint: | \d{4,20}-ETMs[\w+/=-]{40,1000} | https://docs.snowflake.com/en/user-guide/admin-security-fed-auth
statsig-key (mixed) | secret- console- | [A-Za-z0-9]{40,60} | https://docs.statsig.com/
supabase-key | sb_secret_ sbp_ sbp_oauth_ sb_publishable_ | [\w-]{20,80} | https://supabase.com/docs/guides/api/api-keys
tailscale-key | tskey- | (?:auth|api|client|scim|webhook)-[A-Za-z0-9]{6,30}(?:-[A-Za-z0-9]{16,60})? | https://tailscale.com/kb/1277/key-prefixes
tencent-key (mixed) | AKID | [A-Za-z0-9]{32} | https://www.tencentcloud.com/document/product/598
tinybird-token | p.eyJ | [\w-]{20,400}\.[\w-]{20,100} | https://www.tinybird.co/docs/
vault-token | hvs. hvb. hvr. | [\w-]{20,600} | https://developer.hashicorp.com/vault/docs/concepts/tokens
vault-token (mixed) | s. b. r. | [A-Za-z0-9]{24} | https://developer.hashicorp.com/vault/docs/concepts/tokens
vercel-token | vcp_ vci_ vca_ vcr_ vck_ vercel_blob_rw_ | \w{20,100} | https://vercel.com/docs/rest-api
xata-key | xau_ | [A-Za-z0-9]{20,80} | https://xata.io/docs/
yandex-key (mixed) | AQVN YCAJ YCM YCN y0_ t1. | [\w.=-]{32,400} | https://yandex.cloud/en/docs/iam/concepts/authorization/
`);
