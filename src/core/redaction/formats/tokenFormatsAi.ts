/** Forms of the keys of services for models, search and crawling. */
import { formatTable } from './tokenFormat.ts';

/** The table of this family; `formatTable` describes the columns. */
export const aiFormats = formatTable(String.raw`
anthropic-key | sk-ant- | [\w-]{16,255} | https://docs.claude.com/en/api/admin-api/apikeys/get-api-key
anyscale-key (mixed) | esecret_ ass0_ sss0_ | [A-Za-z0-9]{20,60} | https://docs.anyscale.com/
apify-token | apify_api_ apify_proxy_ | [A-Za-z0-9]{30,50} | https://docs.apify.com/api/v2
brave-key (mixed) | BSA | [\w-]{24,32} | https://api-dashboard.search.brave.com/
browserbase-key | bb_live_ bb_test_ | [\w-]{20,40} | https://docs.browserbase.com/
cerebras-key | csk- | [a-z0-9]{40,60} | https://inference-docs.cerebras.ai/
clerk-key (mixed) | sk_live_ sk_test_ ak_ ask_ | [A-Za-z0-9]{40,60} | https://clerk.com/docs/
composio-key (mixed) | ak_ uak_ oak_ | [\w-]{20,40} | https://docs.composio.dev/
context7-key | ctx7sk- | [a-f0-9-]{36} | https://context7.com/docs
e2b-key | e2b_ sk_e2b_ | [a-f0-9]{40} | https://e2b.dev/docs/api-key
elevenlabs-key | sk_ | [a-f0-9]{48} | https://elevenlabs.io/docs/api-reference/authentication
firecrawl-key | fc- | [a-f0-9]{32} | https://docs.firecrawl.dev/
fireworks-key (mixed) | fw_ | [A-Za-z0-9]{20,40} | https://docs.fireworks.ai/
groq-key | gsk_ | [A-Za-z0-9]{40,64} | https://console.groq.com/docs/api-reference
helicone-key | sk-helicone- pk-helicone- | [a-z0-9-]{20,60} | https://docs.helicone.ai/
huggingface-token | hf_ api_org_ hf_oauth_ | [A-Za-z0-9]{30,100} | https://huggingface.co/docs/hub/security-tokens
jina-key | jina_ | [A-Za-z0-9_-]{40,80} | https://jina.ai/
langfuse-key | sk-lf- pk-lf- | [a-f0-9-]{36} | https://langfuse.com/docs/
langsmith-key | lsv2_pt_ lsv2_sk_ ls__ | [a-f0-9]{32}(?:_[a-f0-9]{10})? | https://docs.langchain.com/langsmith/create-account-api-key
llama-cloud-key | llx- | [A-Za-z0-9]{40,60} | https://docs.cloud.llamaindex.ai/
modal-token (mixed) | ak- as- | [A-Za-z0-9]{20,24} | https://modal.com/docs/reference/modal.config
nvidia-key | nvapi- | [\w-]{50,80} | https://docs.api.nvidia.com/
openai-key | sk- sess- | [\w-]{20,255} | https://platform.openai.com/docs/api-reference/authentication
openrouter-key | sk-or- | [\w-]{32,100} | https://openrouter.ai/docs/api-reference/authentication
perplexity-key | pplx- | [A-Za-z0-9]{32,64} | https://docs.perplexity.ai/
pinecone-key | pcsk_ | [A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,80} | https://docs.pinecone.io/guides/projects/manage-api-keys
replicate-token | r8_ | [A-Za-z0-9]{32,40} | https://replicate.com/docs/reference/http
tavily-key | tvly- | (?:dev-|prod-)?[A-Za-z0-9-]{20,60} | https://docs.tavily.com/
voyage-key (mixed) | pa- al- | [A-Za-z0-9_-]{40,60} | https://docs.voyageai.com/docs/api-key-and-installation
weights-biases-key (mixed) | wandb_v1_ local- | [A-Za-z0-9_]{40,100} | https://docs.wandb.ai/
xai-key | xai- xai-token- | [A-Za-z0-9]{60,100} | https://docs.x.ai/docs/overview
`);
