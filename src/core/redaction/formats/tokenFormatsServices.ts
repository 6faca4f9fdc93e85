/** Forms of the tokens of services for chat, payment, mail, design, work and shops. */
import { formatTable } from './tokenFormat.ts';

/** The table of this family; `formatTable` describes the columns. */
export const serviceFormats = formatTable(String.raw`
adobe-secret | p8e- s8e- | [A-Za-z0-9_-]{30,60} | https://developer.adobe.com/developer-console/docs/guides/authentication/
adyen-key | AQE | [A-Za-z0-9+/=*^{}$.-]{80,600} | https://docs.adyen.com/development-resources/api-credentials/
airtable-key (mixed) | key | [A-Za-z0-9]{14} | https://support.airtable.com/docs/airtable-api-key-deprecation-notice
airtable-token | pat | [A-Za-z0-9]{14}\.[a-f0-9]{64} | https://airtable.com/developers/web/guides/personal-access-tokens
asana-token | 0/ 1/ 2/ | (?:\d{12,20}/)?\d{12,20}:[a-f0-9]{32}|[a-f0-9]{32} | https://developers.asana.com/docs/personal-access-token
atlassian-token (mixed) | ATOA ATTA | [A-Za-z0-9_=-]{40,200} | https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/
auth0-token (mixed) | auth0_ v1.M | [\w-]{30,80} | https://auth0.com/docs/secure/tokens/refresh-tokens
authress-key | sc_ ext_ scauth_ authress_ | [A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}\.[\w+/=-]{30,120} | https://authress.io/knowledge-base/docs/
beamer-token (mixed) | b_ | [\w=-]{44} | https://www.getbeamer.com/api
bitly-token | R_ | [a-f0-9]{32} | https://dev.bitly.com/
brevo-key | xkeysib- xsmtpsib- | [a-f0-9]{64}-[A-Za-z0-9]{16} | https://developers.brevo.com/docs/getting-started
cal-key | cal_live_ cal_test_ cal_ | [a-f0-9]{32} | https://cal.com/docs/api-reference/
clickup-token | pk_ | \d{5,12}_[A-Z0-9]{32} | https://developer.clickup.com/docs/authentication
coinbase-key | organizations/ | [a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}/apiKeys/[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12} | https://docs.cdp.coinbase.com/
contentful-token | CFPAT- | [\w-]{40,60} | https://www.contentful.com/developers/docs/references/authentication/
convex-key | prod: dev: preview: | [a-z-]{4,60}\d{0,4}\|[A-Za-z0-9+/=_-]{40,400} | https://docs.convex.dev/
courier-key | pk_prod_ pk_test_ dk_prod_ | [A-Z0-9]{28} | https://www.courier.com/docs/
customerio-key | sa_live_ sa_sandbox_ | [a-f0-9]{32,80} | https://docs.customer.io/
discord-mfa-token | mfa. | [\w-]{60,100} | https://discord.com/developers/docs/reference#authentication
dropbox-token | sl. sl.u. | [\w=-]{80,1600} | https://developers.dropbox.com/oauth-guide
duffel-token | duffel_live_ duffel_test_ | [\w=-]{40,50} | https://duffel.com/docs/api/overview/making-requests
easypost-key | EZAK EZTK | [A-Za-z0-9]{54} | https://docs.easypost.com/docs/authentication
facebook-token (mixed) | EAA IGQVJ IGQWR IGAA THAA | [A-Za-z0-9_-]{80,400} | https://developers.facebook.com/docs/facebook-login/guides/access-tokens/
figma-token | figd_ figu_ figoh_ figo_ figor_ figuh_ | [\w-]{30,80} | https://developers.figma.com/docs/rest-api/authentication/
flutterwave-key | FLWSECK- FLWSECK_TEST- FLWSECK_TEST FLWPUBK- FLWPUBK_TEST- | [A-Za-z0-9]{12,32}(?:-X)? | https://developer.flutterwave.com/docs/authentication
frameio-token | fio-u- | [\w=-]{40,80} | https://developer.adobe.com/frameio/
gocardless-token (mixed) | live_ sandbox_ | [\w=-]{40} | https://developer.gocardless.com/api-reference/
hubspot-token | pat-na1- pat-na2- pat-na3- pat-eu1- pat-ap1- | [a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12} | https://developers.hubspot.com/docs/guides/apps/private-apps/overview
inngest-key | signkey-prod- signkey-test- signkey-branch- | [a-f0-9]{32,64} | https://www.inngest.com/docs/
intercom-token | dG9rO | [A-Za-z0-9+/=_-]{40,80} | https://developers.intercom.com/docs/build-an-integration/learn-more/authentication
intra42-secret | s-s4t2ud- s-s4t2af- | [a-f0-9]{64} | https://api.intra.42.fr/apidoc
klaviyo-key | pk_ | [a-f0-9]{34} | https://developers.klaviyo.com/en/docs/authenticate_
knock-key (mixed) | sk_ knock_st_ | [A-Za-z0-9_-]{43} | https://docs.knock.app/
linear-key | lin_api_ lin_oauth_ lin_wh_ | [A-Za-z0-9]{32,80} | https://linear.app/developers/graphql
linkedin-token (mixed) | AQU AQX WPL_AP1. | [\w.+/=-]{14,500} | https://learn.microsoft.com/linkedin/shared/authentication/authentication
lob-key | live_ test_ live_pub_ test_pub_ | [a-f0-9]{31,35} | https://docs.lob.com/
mailersend-token | mlsn. | [a-f0-9]{64} | https://developers.mailersend.com/
mailgun-key | key- pubkey- | [a-f0-9]{32} | https://documentation.mailgun.com/docs/mailgun/api-reference/authentication/
mandrill-key (mixed) | md- | [A-Za-z0-9_-]{20,24} | https://mailchimp.com/developer/transactional/
mapbox-token | sk.eyJ pk.eyJ tk.eyJ | [\w-]{20,400}\.[\w-]{16,64} | https://docs.mapbox.com/help/dive-deeper/access-tokens/
mollie-key (mixed) | live_ test_ access_ | [A-Za-z0-9]{30,48} | https://docs.mollie.com/reference/authentication
notion-token (mixed) | ntn_ secret_ | [A-Za-z0-9]{40,60} | https://developers.notion.com/reference/authentication
okta-token (mixed) | 00 | [\w-]{40} | https://developer.okta.com/docs/guides/create-an-api-token/
paddle-key | pdl_live_apikey_ pdl_sdbx_apikey_ pdl_ntfset_ | [a-z0-9]{26}_[A-Za-z0-9]{20,40}(?:_[A-Za-z0-9]{3})? | https://developer.paddle.com/api-reference/about/authentication
paypal-token | access_token$production$ access_token$sandbox$ | [a-z0-9]{16}\$[a-f0-9]{32} | https://developer.paypal.com/braintree/docs/guides/authorization/
paypal-token | A21AA | [\w-]{80,120} | https://developer.paypal.com/api/rest/authentication/
paystack-key | sk_live_ sk_test_ | [a-f0-9]{40} | https://paystack.com/docs/api/authentication/
plaid-token | access-sandbox- access-development- access-production- public-sandbox- link-production- | [a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12} | https://plaid.com/docs/api/
polar-token | polar_oat_ polar_pat_ polar_whs_ polar_cs_ | [A-Za-z0-9]{30,60} | https://docs.polar.sh/
razorpay-key | rzp_live_ rzp_test_ | [A-Za-z0-9]{14,24} | https://razorpay.com/docs/api/authentication/
resend-key (mixed) | re_ | [A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,40} | https://resend.com/docs/api-reference/introduction
sanity-token | sk skE skp | [A-Za-z0-9]{150,200} | https://www.sanity.io/docs/content-lake/http-auth
sendgrid-key | SG. | [\w-]{16,64}\.[\w-]{16,64} | https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
settlemint-token | sm_aat_ sm_pat_ sm_sat_ | [A-Za-z0-9]{16} | https://console.settlemint.com/documentation/
shippo-token | shippo_live_ shippo_test_ | [a-fA-F0-9]{40} | https://docs.goshippo.com/docs/guides_general/authentication/
shopify-token | shpat_ shpca_ shppa_ shpss_ shptka_ shpua_ shprt_ atkn_ | [a-fA-F0-9]{32,64} | https://shopify.dev/docs/apps/build/authentication-authorization
slack-token | xoxa- xoxb- xoxc- xoxd- xoxe- xoxe.xox xoxo- xoxp- xoxr- xoxs- xapp- xwfp- | [A-Za-z0-9%-]{18,400} | https://docs.slack.dev/authentication/tokens
square-token (mixed) | sq0atp- sq0csp- sq0idp- EAAA | [\w-]{22,64} | https://developer.squareup.com/docs/build-basics/access-tokens
stripe-key | sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ sk_org_live_ ek_live_ ek_test_ | [A-Za-z0-9]{10,255} | https://docs.stripe.com/keys
stytch-secret | secret-test- secret-live- | [\w=-]{30,60} | https://stytch.com/docs/
telegram-token | AA | (?<=\d{6,12}:AA)[\w-]{33,35} | https://core.telegram.org/bots/api#authorizing-your-bot
tiktok-token (mixed) | act. rft. clt. | [A-Za-z0-9]{40,80}(?:![\w.]{2,20})? | https://developers.tiktok.com/doc/oauth-user-access-token-management
trigger-key | tr_dev_ tr_prod_ tr_stg_ tr_pat_ | [A-Za-z0-9]{20,48} | https://trigger.dev/docs/apikeys
twilio-key | SK AC | [a-f0-9]{32} | https://www.twilio.com/docs/iam/api-keys
twitter-token | AAAAAAAAAAAAAAAAAAAAA | [A-Za-z0-9%]{60,120} | https://docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens
typeform-token | tfp_ | [\w.=-]{40,80} | https://www.typeform.com/developers/get-started/personal-access-token/
upstash-token | AXX AYX AZX Aa Ab | [A-Za-z0-9]{3,8}(?:ACQg|AAIg|AAIj|IncD|gQg)[A-Za-z0-9+/_-]{20,80}={0,2} | https://upstash.com/docs/redis/features/restapi
webflow-token | ws- | [a-f0-9]{64} | https://developers.webflow.com/
webhook-secret | whsec_ | [A-Za-z0-9+/=]{24,100} | https://docs.stripe.com/webhooks/signature
workos-key | sk_test_a2V5 sk_live_a2V5 sk_a2V5 | [A-Za-z0-9+/=,]{20,120} | https://workos.com/docs/reference/api-keys
`);
