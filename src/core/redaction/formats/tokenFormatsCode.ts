/** Forms of the tokens of code hosting, registries of packages, and build services. */
import { formatTable } from './tokenFormat.ts';

/** The table of this family; `formatTable` describes the columns. */
export const codeFormats = formatTable(String.raw`
artifactory-token | cmVmd AKCp | [A-Za-z0-9]{55,100} | https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens
bitbucket-token (mixed) | ATBB ATCTT3 ATATT3 ATSTT3 | [\w=-]{24,400} | https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/
buildkite-token | bkua_ bkaj_ bkct_ bkpi_ bkar_ bkps_ | [A-Za-z0-9]{30,80} | https://buildkite.com/docs/apis/managing-api-tokens
circleci-token | CCIPAT_ CCIPRJ_ | [A-Za-z0-9]{16,40}_[a-f0-9]{32,64} | https://circleci.com/docs/managing-api-tokens/
clojars-token | CLOJARS_ clojars_ | [A-Za-z0-9]{40,80} | https://github.com/clojars/clojars-web/wiki/Deploy-Tokens
crates-token (mixed) | cio | [A-Za-z0-9]{32} | https://crates.io/
docker-token | dckr_pat_ dckr_oat_ | [\w-]{20,100} | https://docs.docker.com/security/access-tokens/
gitea-token | gta_ gitea_ forgejo_ | [A-Za-z0-9]{40,80} | https://docs.gitea.com/development/api-usage
github-token | ghp_ gho_ ghu_ ghs_ ghr_ | [A-Za-z0-9]{20,255} | https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
github-token | github_pat_ | \w{22,255} | https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
gitlab-token | glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glwt- glsoat- glffct- gloas- GR1348941 _gitlab_session= | [\w-]{16,300}(?:\.[\w-]{2,20}){0,3} | https://docs.gitlab.com/security/tokens/#token-prefixes
harness-token | pat. sat. | [\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20} | https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/
infracost-key (mixed) | ico- | [A-Za-z0-9]{32} | https://www.infracost.io/docs/
jetbrains-token | perm: perm- | [\w+/=-]{8,200}\.[\w+/=-]{4,100}\.[\w+/=-]{16,100} | https://www.jetbrains.com/help/youtrack/devportal/Manage-Permanent-Token.html
localstack-key | ls- | [A-Za-z]{4}\d{4}-[a-z]{4}-\d{4}-\d{4}-[a-z0-9]{12} | https://docs.localstack.cloud/getting-started/auth-token/
npm-token | npm_ | [A-Za-z0-9]{30,60} | https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
nuget-key | oy2 | [a-z0-9]{43} | https://learn.microsoft.com/nuget/nuget-org/scoped-api-keys
octopus-key | API- | [A-Z0-9]{26,32} | https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key
postman-key | PMAK- PMAT- | [A-Za-z0-9]{20,40}(?:-[a-f0-9]{34})? | https://learning.postman.com/docs/developer/postman-api/authentication/
prefect-key | pnu_ pnb_ | [A-Za-z0-9]{36} | https://docs.prefect.io/
pulumi-token | pul- | [a-f0-9]{40} | https://www.pulumi.com/docs/administration/access-identity/access-tokens/
pypi-token | pypi- | [\w-]{50,1000} | https://pypi.org/help/#apitoken
readme-key | rdme_ | [a-z0-9]{60,80} | https://docs.readme.com/main/reference/intro/authentication
rubygems-token | rubygems_ | [a-f0-9]{32,64} | https://guides.rubygems.org/api-key-scopes/
semgrep-token | sgr_ | [a-f0-9]{40,80} | https://semgrep.dev/docs/
snyk-token | snyk_uat. snyk_sat. | [\w.-]{20,400} | https://docs.snyk.io/
sonar-token | squ_ sqp_ sqa_ sqb_ | [a-f0-9]{40} | https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/
sourcegraph-token | sgp_ slk_ sgd_ sgs_ sgo_ | (?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40,64} | https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token
visual-studio-token | ovsxp_ ovsxat_ | [\w-]{36,64} | https://github.com/eclipse/openvsx/wiki/Publishing-Extensions
`);
