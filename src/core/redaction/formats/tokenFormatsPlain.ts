/** Forms of tokens that no single service owns, and of tokens without a prefix: signed tokens, hashes of passwords, raw keys. */
import { formatTable, markedTable } from './tokenFormat.ts';

/**
 * Tokens with a prefix. Signed tokens (`jwt`) have three parts, encrypted ones five, of which the second may be empty. The rows with
 * `ZXlK`, `LS0t` and of `encoded-token` are such tokens, keys and tokens of services once more in base64.
 */
export const plainFormats = formatTable(String.raw`
jwt | eyJ | [\w-]{8,16000}\.(?:eyJ[\w-]{8,16000}\.[\w-]{0,16000}|[\w-]{0,16000}\.[\w-]{8,1000}\.[\w-]{2,16000}\.[\w-]{8,1000}) | https://www.rfc-editor.org/rfc/rfc7519
jwt | ZXlKaGJHY2lPa ZXlKMGVYQWlPa | [A-Za-z0-9+/=]{40,8000} | https://www.rfc-editor.org/rfc/rfc7519
paseto | v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public. | [\w-]{40,4000}(?:\.[\w-]{2,400})? | https://github.com/paseto-standard/paseto-spec
biscuit | En0KEwoE EpMBCikKB | [\w-]{60,4000}={0,2} | https://www.biscuitsec.org/
password-hash | $1$ $5$ $6$ $7$ $y$ $gy$ $2a$ $2b$ $2y$ $apr1$ $argon2i$ $argon2d$ $argon2id$ $pbkdf2 $scrypt$ $sha1$ $P$ $H$ $S$ $bcrypt-sha256$ $ml$ | [A-Za-z0-9./+=,$-]{16,300} | https://man7.org/linux/man-pages/man5/crypt.5.html
password-hash | pbkdf2_sha256$ pbkdf2_sha1$ bcrypt_sha256$ scrypt:32768:8:1$ pbkdf2:sha256: | [A-Za-z0-9./+=,$:_-]{24,300} | https://docs.djangoproject.com/en/stable/topics/auth/passwords/
age-key | AGE-SECRET-KEY-1 AGE-PLUGIN- | [A-Z0-9-]{40,200} | https://github.com/C2SP/C2SP/blob/main/age.md
private-key | MII | [A-Za-z0-9+/]{1,6}(?:IBAAK|BADANBgkqhkiG9w0BAQEFAASC)[A-Za-z0-9+/\s]{40,8000}={0,2} | https://www.rfc-editor.org/rfc/rfc5958
private-key | LS0tLS1CRUdJTi | [A-Za-z0-9+/\s]{0,40}(?:UFJJVkFURSB|QUklWQVRFI|BSSVZBVEUg)[A-Za-z0-9+/=]{20,16000} | https://www.rfc-editor.org/rfc/rfc7468
private-key (mixed) | xprv yprv zprv tprv | [1-9A-HJ-NP-Za-km-z]{100,115} | https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki
private-key | nsec1 | [ac-hj-np-z02-9]{58} | https://github.com/nostr-protocol/nips/blob/master/19.md
nkey-seed | SU SA SO SN SC SX | [A-Z2-7]{56} | https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth
encoded-token (mixed) | Z2hwX Z2hvX Z2hzX Z2l0aHViX3BhdF Z2xwYXQt eG94Yi eG94cC c2stYW50L c2stcHJvai c2tfbGl2ZV QUtJQ | [A-Za-z0-9+/_-]{16,2000}={0,2} | https://www.rfc-editor.org/rfc/rfc4648
`);

/**
 * Tokens that are known by a mark inside. 64 bytes in base64 are the keys of storage accounts of Azure; digests of this size have a name
 * before them (`sha512-`). Other keys of Azure have the letters of their service near the end.
 */
export const markedFormats = markedTable(String.raw`
azure-secret | Q~ | 4 | (?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~]) | https://learn.microsoft.com/entra/identity-platform/
azure-devops-token | AZDO | 84 | (?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9]) | https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate
azure-key | AzFu | 10 | (?<![\w-])[\w-]{40,50}AzFu[\w-]{4,10}={0,2} | https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
azure-key | JQQJ99 | 66 | (?<![A-Za-z0-9])[A-Za-z0-9]{46,60}JQQJ99[A-Za-z0-9]{20,40}(?![A-Za-z0-9]) | https://learn.microsoft.com/azure/ai-services/
azure-key | AIoT | 10 | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|AIoT|ACDb|\+ASb|\+AEh|AzCa|AzSe|APIM)[A-Za-z0-9+/]{4,6}={1,2} | https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
azure-key | ACDb | 10 | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|AIoT|ACDb|\+ASb|\+AEh|AzCa|AzSe|APIM)[A-Za-z0-9+/]{4,6}={1,2} | https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
azure-key | AzCa | 10 | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|AIoT|ACDb|\+ASb|\+AEh|AzCa|AzSe|APIM)[A-Za-z0-9+/]{4,6}={1,2} | https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
azure-key | AzSe | 10 | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|AIoT|ACDb|\+ASb|\+AEh|AzCa|AzSe|APIM)[A-Za-z0-9+/]{4,6}={1,2} | https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
azure-key | APIM | 10 | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|AIoT|ACDb|\+ASb|\+AEh|AzCa|AzSe|APIM)[A-Za-z0-9+/]{4,6}={1,2} | https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
azure-key | +AS | 10 | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|AIoT|ACDb|\+ASb|\+AEh|AzCa|AzSe|APIM)[A-Za-z0-9+/]{4,6}={1,2} | https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
azure-key | +AEh | 10 | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|AIoT|ACDb|\+ASb|\+AEh|AzCa|AzSe|APIM)[A-Za-z0-9+/]{4,6}={1,2} | https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
azure-key | == | 10 | (?<![A-Za-z0-9+/=_.-])(?![A-Za-z0-9+/]{0,82}AAAA)[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=]) | https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage
terraform-token | .atlasv1. | 10 | (?<!\w)[A-Za-z0-9]{10,20}\.atlasv1\.[\w=-]{40,80} | https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
mailchimp-key | -us | 32 | (?<![A-Za-z0-9])[a-f0-9]{32}-us\d{1,2}(?!\d) | https://mailchimp.com/developer/marketing/guides/quick-start/
mailgun-key | - | 32 | (?<![\w-])[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}(?![\w-]) | https://documentation.mailgun.com/docs/mailgun/api-reference/authentication/
discord-token | . | 18 | (?<![\w.-])[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w.-]) | https://discord.com/developers/docs/reference#authentication
openai-key | T3BlbkFJ | 12 | [\w-]{20,120}T3BlbkFJ[\w-]{20,120} | https://platform.openai.com/docs/api-reference/authentication
maxmind-key | _mmk | 36 | (?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w) | https://dev.maxmind.com/geoip/updating-databases/
dropbox-token | AAAAAAAAAA | 22 | (?<![\w-])[A-Za-z0-9]{11}AAAAAAAAAA[\w=-]{43}(?![\w-]) | https://developers.dropbox.com/oauth-guide
`);
